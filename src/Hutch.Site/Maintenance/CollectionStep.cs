namespace Hutch.Site.Maintenance;

public enum CollectionStep
{
    /// <summary>What lives was marked for the first time.</summary>
    FirstMoment,

    /// <summary>Whoever began before has ended.</summary>
    Waited,

    /// <summary>What lives was marked for the second time.</summary>
    SecondMoment,

    /// <summary>The living of a segment were copied; it is removed next.</summary>
    Moved,
}
