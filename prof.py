import cProfile, pstats, sys, io, contextlib
sys.argv=['bpodsl','run','/tmp/w1c/m1/w1.bpo','/tmp/w1c/m1/events.jsonl','--format','jsonl','--brief','--jobs','2']
pr=cProfile.Profile()
out=sys.stdout; sys.stdout=open('/dev/null','w')
pr.enable()
try:
    from bpodsl.cli import main
    main()
except SystemExit: pass
finally:
    pr.disable()
sys.stdout=sys.__stdout__
s=pstats.Stats(pr,stream=sys.stderr); s.sort_stats('cumulative').print_stats(95)
s.sort_stats('tottime').print_stats(45)
