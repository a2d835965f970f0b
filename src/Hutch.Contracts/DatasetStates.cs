namespace Hutch.Contracts;

/// <summary>Values of <see cref="DatasetInfo.State"/>.</summary>
public static class DatasetStates
{
    /// <summary>The head can change.</summary>
    public const string Open = "open";

    /// <summary>Nothing changes any more.</summary>
    public const string Closed = "closed";

    /// <summary>In the trash; it can be restored.</summary>
    public const string Trash = "trash";

    /// <summary>Only the record is left.</summary>
    public const string Gone = "gone";
}
