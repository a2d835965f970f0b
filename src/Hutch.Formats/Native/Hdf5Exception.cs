namespace Hutch.Formats.Native;

/// <summary>A call of libhdf5 failed.</summary>
internal sealed class Hdf5Exception(string call, string reason) : Exception($"{call}: {reason}")
{
    /// <summary>What the library says: the innermost message of its error stack.</summary>
    public string Reason { get; } = reason;
}
