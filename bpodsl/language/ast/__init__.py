"""The tree as written: one class for each rule of the grammar, named after it.

Nothing here is resolved: a `Name` may be a figure, a field, a party or a word. Every node carries
its `span`. Where the grammar offers a choice of words, the field is a `str` that holds the words as
written, with single blanks (`must not`, `working days`). A field that ends in `| None` was left out.
A clause that has a block keeps its lines in order of writing; whether they are complete, and whether
one stands twice, is for the resolver to say.
"""

<<<<<<< HEAD
from bpodsl.language.ast.base import *  # noqa: F403
from bpodsl.language.ast.dates import *  # noqa: F403
from bpodsl.language.ast.duties import *  # noqa: F403
from bpodsl.language.ast.events import *  # noqa: F403
from bpodsl.language.ast.examples import *  # noqa: F403
from bpodsl.language.ast.expressions import *  # noqa: F403
from bpodsl.language.ast.figures import *  # noqa: F403
from bpodsl.language.ast.file import *  # noqa: F403
from bpodsl.language.ast.rules import *  # noqa: F403
from bpodsl.language.ast.setting import *  # noqa: F403
from bpodsl.language.ast.shared import *  # noqa: F403
=======
# fmt: off
# isort: off
# fmt: off
# isort: off
from bpodsl.language.ast.base import (
    REQUIRED, Day, Instant, Length, Line, Literal, Money, Name, Negative, Node, Number, Percent, Period, Reference,
    Text, Time, Value, YesNo, changed, many, part, parts, places,
)
from bpodsl.language.ast.duties import (
    AfterEnd, AfterField, AllActs, AnyActs, ByDayLine, ByEndLine, ByLine, ClockStartsLine, ClockStopsDuringLine,
    ClockStopsLine, CuredLine, DutyLine, ExcusedLine, FailingLine, FirstAct, ForEachEvent, ForEachOutcome, LastAct,
    MovedLine, NeverPerformedLine, NoLimit, Obligation, ObligationLine, OnceOnly, OnTrigger, Opening, PerformsLine,
    PerformsPeriodLine, ReopeningLine, SurvivesLine, SuspendedLine, WhenCalled, WhenOutcomeLine, WithinByLine,
    WithinLine, WithinRow,
)
from bpodsl.language.ast.events import (
    Absent, Column, Constant, CountsForLine, DeemedAfter, DeemedLine, DeemedRow, DeemedWhen, DefaultFlag, During,
    Event, EventField, FieldFrom, FilesLine, FormatLine, FromTo, HappensLine, IdLine, KeyFlag, KnownLine, LastsLine,
    LateNext, NamedBy, NoEffect, Notice, OptionalFlag, Otherwise, Reads, RelatesLine, Reporters, RowCondition,
    RowMapping, SourceLine, State, SubjectLine, TimeLine, ValueAs,
)
from bpodsl.language.ast.examples import (
    At, ExpectFired, ExpectLevel, ExpectNone, ExpectPays, ExpectStatus, ExpectValue, FieldValue, In, KnownAt, On, Test,
    TestEvent, Until, UntilLine,
)
from bpodsl.language.ast.expressions import (
    Availability, Both, BothTimes, Compare, CountOf, DuringState, Either, EitherTimes, Expression, Fallback, Given,
    Greater, IfThen, InCalendar, LastWindows, LengthOf, Lesser, LessTimes, MeanOf, MedianOf, NamedRows, Negation,
    OfThe, OneOf, OutcomeRows, PercentOf, PickOf, Posted, Previous, Product, QuantileOf, RoundedValue, Rounding,
    Rows, Scaled, ShareOfEvents, ShareOfOutcomes, Signed, Stands, Sum, SumOf, TheWindow, Times, WholeDays,
    WindowDays, WindowRows, WindowsAgo, YearAgo,
)
from bpodsl.language.ast.figures import (
    AllCredits, AllowanceLine, Amount, BandRow, Bound, Cap, Charge, CountsAsLine, Credit, CreditFor, CreditRow,
    ExcludingLine, FewerLine, FigureLine, InAny, KeyedCreditRow, LevelRow, Measure, MinimumByLine, MinimumLine,
    MoneyLine, PaysTableLine, TargetByLine, TargetLine, UpTo, ValueLine,
)
from bpodsl.language.ast.file import (
    Broken, Clause, Comment, File,
)
from bpodsl.language.ast.rules import (
    AtWill, Consecutive, EndsWithLine, Escalation, ExercisedByLine, ExercisedWithinLine, Ground, HolderLine,
    InAnyOf, LevelLine, MayLine, NoticeLine, NotMeasuredLine, OnlyBeginsLine, PathLine, Recurrence, ResetsLine,
    Right, Role, SurvivorsLine, Termination, TimesInAny, Trigger, WhenEventLine, WhenLastsLine, WhenLine, WhileLine,
)
from bpodsl.language.ast.setting import (
    Agreement, AlwaysOpen, Assume, Calendar, ClosedDays, ClosedHolidays, ClosedPart, ComposedCalendar, CurrencyLine,
    EffectiveLine, ExcludesLine, FactLine, HoursLine, IncludesLine, LawLine, OpenDay, OpenHours, PartyLine,
    ProvidedLine, RenewalTimes, RenewsLine, Service, Stated, TimeRange, Unless, WeekdayRange, Weekdays, ZoneLine,
)
from bpodsl.language.ast.shared import (
    AgreementEnds, Applies, Consequence, Each, Escalate, GroupBy, GroupOf, LatestLine, OverTheTerm, PartialLine,
    Parties, Pays, PaysLine, Rolling, RoundedLine, RowKeys, Selector, SettlesLine, StartsLine, Tell, ThenLine, Window,
    WindowLine,
)

__all__ = [
    "REQUIRED", "Absent", "AfterEnd", "AfterField", "Agreement", "AgreementEnds", "AllActs", "AllCredits",
    "AllowanceLine", "AlwaysOpen", "Amount", "AnyActs", "Applies", "Assume", "At", "AtWill", "Availability",
    "BandRow", "Both", "BothTimes", "Bound", "Broken", "ByDayLine", "ByEndLine", "ByLine", "Calendar", "Cap",
    "Charge", "Clause", "ClockStartsLine", "ClockStopsDuringLine", "ClockStopsLine", "ClosedDays", "ClosedHolidays",
    "ClosedPart", "Column", "Comment", "Compare", "ComposedCalendar", "Consecutive", "Consequence", "Constant",
    "CountOf", "CountsAsLine", "CountsForLine", "Credit", "CreditFor", "CreditRow", "CuredLine", "CurrencyLine",
    "Day", "DeemedAfter", "DeemedLine", "DeemedRow", "DeemedWhen", "DefaultFlag", "During", "DuringState", "DutyLine",
    "Each", "EffectiveLine", "Either", "EitherTimes", "EndsWithLine", "Escalate", "Escalation", "Event", "EventField",
    "ExcludesLine", "ExcludingLine", "ExcusedLine", "ExercisedByLine", "ExercisedWithinLine", "ExpectFired",
    "ExpectLevel", "ExpectNone", "ExpectPays", "ExpectStatus", "ExpectValue", "Expression", "FactLine", "FailingLine",
    "Fallback", "FewerLine", "FieldFrom", "FieldValue", "FigureLine", "File", "FilesLine", "FirstAct", "ForEachEvent",
    "ForEachOutcome", "FormatLine", "FromTo", "Given", "Greater", "Ground", "GroupBy", "GroupOf", "HappensLine",
    "HolderLine", "HoursLine", "IdLine", "IfThen", "In", "InAny", "InAnyOf", "InCalendar", "IncludesLine", "Instant",
    "KeyFlag", "KeyedCreditRow", "KnownAt", "KnownLine", "LastAct", "LastWindows", "LastsLine", "LateNext",
    "LatestLine", "LawLine", "Length", "LengthOf", "LessTimes", "Lesser", "LevelLine", "LevelRow", "Line", "Literal",
    "MayLine", "MeanOf", "Measure", "MedianOf", "MinimumByLine", "MinimumLine", "Money", "MoneyLine", "MovedLine",
    "Name", "NamedBy", "NamedRows", "Negation", "Negative", "NeverPerformedLine", "NoEffect", "NoLimit", "Node",
    "NotMeasuredLine", "Notice", "NoticeLine", "Number", "Obligation", "ObligationLine", "OfThe", "On", "OnTrigger",
    "OnceOnly", "OneOf", "OnlyBeginsLine", "OpenDay", "OpenHours", "Opening", "OptionalFlag", "Otherwise",
    "OutcomeRows", "OverTheTerm", "PartialLine", "Parties", "PartyLine", "PathLine", "Pays", "PaysLine",
    "PaysTableLine", "Percent", "PercentOf", "PerformsLine", "PerformsPeriodLine", "Period", "PickOf", "Posted",
    "Previous", "Product", "ProvidedLine", "QuantileOf", "Reads", "Recurrence", "Reference", "RelatesLine",
    "RenewalTimes", "RenewsLine", "ReopeningLine", "Reporters", "ResetsLine", "Right", "Role", "Rolling",
    "RoundedLine", "RoundedValue", "Rounding", "RowCondition", "RowKeys", "RowMapping", "Rows", "Scaled", "Selector",
    "Service", "SettlesLine", "ShareOfEvents", "ShareOfOutcomes", "Signed", "SourceLine", "Stands", "StartsLine",
    "State", "Stated", "SubjectLine", "Sum", "SumOf", "SurvivesLine", "SurvivorsLine", "SuspendedLine", "TargetByLine",
    "TargetLine", "Tell", "Termination", "Test", "TestEvent", "Text", "TheWindow", "ThenLine", "Time", "TimeLine",
    "TimeRange", "Times", "TimesInAny", "Trigger", "Unless", "Until", "UntilLine", "UpTo", "Value", "ValueAs",
    "ValueLine", "WeekdayRange", "Weekdays", "WhenCalled", "WhenEventLine", "WhenLastsLine", "WhenLine",
    "WhenOutcomeLine", "WhileLine", "WholeDays", "Window", "WindowDays", "WindowLine", "WindowRows", "WindowsAgo",
    "WithinByLine", "WithinLine", "WithinRow", "YearAgo", "YesNo", "ZoneLine", "changed", "many", "part", "parts",
    "places",
]
>>>>>>> 7067b5f (Limits, targets, minimums and credit tables may differ by a field; norms have variants)
