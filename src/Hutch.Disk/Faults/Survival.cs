namespace Hutch.Disk.Faults;

/// <summary>The share of unsynced writes that a power cut leaves.</summary>
public enum Survival
{
    /// <summary>Nothing: the disk's cache was empty.</summary>
    None,

    /// <summary>All: what <c>kill -9</c> leaves.</summary>
    All,

    /// <summary>Each piece of 512 bytes, length and name by chance; how likely is chance too.</summary>
    Any,

    /// <summary>Everything up to some moment, in the order of the calls, and nothing later.</summary>
    Earlier,

    /// <summary>Everything since some moment, and nothing earlier: the disk wrote backwards.</summary>
    Later,
}
