namespace Hutch.Contracts;

/// <summary>The states of a dataset, as <see cref="DatasetInfo.State"/> writes them.</summary>
public static class DatasetStates
{
    /// <summary>Its head may change.</summary>
    public const string Open = "open";

    /// <summary>Frozen for ever.</summary>
    public const string Closed = "closed";

    /// <summary>In the trash; it can be restored.</summary>
    public const string Trash = "trash";

    /// <summary>Only its record is left.</summary>
    public const string Gone = "gone";
}
