namespace Hutch.Site.Life.Maintenance;

public enum CollectionStep
{
    /// <summary>Live members were marked for the first time.</summary>
    FirstMoment,

    /// <summary>The operations that began before the first mark have ended.</summary>
    Waited,

    /// <summary>Live members were marked for the second time.</summary>
    SecondMoment,

    /// <summary>The live members of a segment were copied; it is removed next.</summary>
    Moved,
}
