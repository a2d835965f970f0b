namespace Hutch.Site.Life.Maintenance;

/// <summary>Where a collection is, for tests.</summary>
public enum CollectionStep
{
    /// <summary>What lives was marked for the first time.</summary>
    FirstMoment,

    /// <summary>The operations that began before the first mark have ended.</summary>
    Waited,

    /// <summary>What lives was marked for the second time.</summary>
    SecondMoment,

    /// <summary>The living of a segment were copied; it is removed next.</summary>
    Moved,
}
