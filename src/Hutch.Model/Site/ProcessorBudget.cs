namespace Hutch.Model.Site;

/// <summary>A limit of the processor time of programs, for the owner of their results.</summary>
/// <param name="CoreSeconds">The most seconds, each of one core.</param>
/// <param name="IsMonthly">True for a limit of each month in UTC; false for one of all time.</param>
public sealed record ProcessorBudget(string Owner, long CoreSeconds, bool IsMonthly)
{
    public long CoreMilliseconds => CoreSeconds * 1000;
}

/// <summary>
/// The processor time of programs whose results an owner has. Each attempt counts with the cores that it was granted, for the time from its
/// claim by a node to its end, up to its time limit. All values are milliseconds of one core.
/// </summary>
/// <param name="ThisMonth">The time of the attempts that ended in this month.</param>
/// <param name="Total">The time of all attempts that have ended.</param>
/// <param name="Reserved">The most time of the attempts that engines have: their cores, each for the time limit.</param>
public sealed record ProcessorUse(string Owner, long ThisMonth, long Total, long Reserved)
{
    public long UsedOf(ProcessorBudget budget)
    {
        return budget.IsMonthly ? ThisMonth : Total;
    }
}
