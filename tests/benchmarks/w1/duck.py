"""W1 as one would write it in SQL, for DuckDB: `python duck.py DATA OUT THREADS`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

READ = """
create table said as
select type, epoch_us(ts) as moment, contract, ticket, priority
from read_json('{data}/events.jsonl', format = 'newline_delimited',
  columns = {{type: 'varchar', ts: 'timestamp', contract: 'varchar', ticket: 'varchar', priority: 'varchar'}});
create table fees as select contract, monthly_fee_cents from read_csv('{data}/contracts.csv', header = true);
"""

TICKETS = """
create table owed (priority varchar, acknowledge bigint, resolve bigint);
insert into owed values ('P1', 900, 14400), ('P2', 3600, 86400), ('P3', 14400, 259200);
update owed set acknowledge = acknowledge * 1000000, resolve = resolve * 1000000;

create table ticket as
with life as (
  select ticket,
    any_value(contract) as contract,
    max(priority) as priority,
    min(moment) filter (type = 'ticket.opened') as opened,
    min(moment) filter (type in ('ticket.acknowledged', 'ticket.resolved')) as answered,
    min(moment) filter (type = 'ticket.resolved') as resolved
  from said where ticket is not null group by ticket
)
select life.*, opened + acknowledge as answer_by, resolve as limit_us from life join owed using (priority);

-- Each pause, with the time paused before it. One that the limit runs out before has no part in it.
create table pause as
with stretch as (
  select ticket, type, moment as begins, lead(moment) over (partition by ticket order by moment) as ends
  from said where type in ('ticket.paused', 'ticket.resumed')
)
select ticket, begins, ends,
  coalesce(sum(ends - begins) over (partition by ticket order by begins
    rows between unbounded preceding and 1 preceding), 0)::bigint as before
from stretch where type = 'ticket.paused';

create table held as
select ticket, sum(ends - begins)::bigint as paused, bool_or(ends is null) as for_good
from pause join ticket using (ticket)
where begins - opened - before <= limit_us group by ticket;

create table outcome as
with due as (
  select ticket.*,
    case when for_good and resolved is null then null else opened + limit_us + coalesce(paused, 0) end as due
  from ticket left join held using (ticket)
), judged as (
  select *, resolved is not null and (due is null or resolved <= due) as met,
    due < {closed} and (resolved is null or resolved > due) as breached
  from due
)
select *, date_trunc('month', make_timestamp(case when met then resolved else due end)) as month
from judged where met or breached;
"""

WRITE = """
copy (
  select contract, ticket, 'R1', answer_by // 1000 from ticket
  where answer_by < {closed} and (answered is null or answered > answer_by)
  union all select contract, ticket, 'R2', due // 1000 from outcome where breached
) to '{out}/breaches.csv' (header false);

copy (
  select contract, ticket, 1, due // 1000 from outcome where breached
  union all select contract, ticket, 2, (due + 86400000000) // 1000 from outcome
  where breached and due + 86400000000 < {closed}
  and (resolved is null or resolved > due + 86400000000)
) to '{out}/escalations.csv' (header false);

create table attainment as
select contract, priority, month, count(*) filter (met) as met, count(*) as total from outcome group by all;

copy (
  select contract, priority, strftime(month, '%Y-%m'), met, total, monthly_fee_cents * (case
    when 100 * met >= 95 * total then 0 when 100 * met >= 90 * total then 5
    when 100 * met >= 80 * total then 10 else 15 end) // 100
  from attainment join fees using (contract)
) to '{out}/attainment.csv' (header false);

copy (
  with pooled as (select contract, month, 10 * sum(met) < 9 * sum(total) as bad from attainment group by all),
  grid as (select contract, unnest(generate_series(min(month), max(month), interval 1 month)) as month
    from pooled group by contract),
  seen as (
    select contract, month,
      count(*) filter (bad) over (partition by contract order by month rows 5 preceding) as bad_months
    from grid left join pooled using (contract, month)
  )
  select contract, strftime(month, '%Y-%m') from seen where bad_months >= 3
) to '{out}/termination.csv' (header false);
"""


def main(data: str, out: str, threads: int) -> None:
    Path(out).mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}; set timezone = 'UTC'; set preserve_insertion_order = false")
        connection.execute(READ.format(data=data))
        (closed,) = connection.execute("select max(moment) from said").fetchone()
        connection.execute(TICKETS.format(closed=closed))
        connection.execute(WRITE.format(closed=closed, out=out))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
