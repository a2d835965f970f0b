namespace Hutch.Storage;

/// <summary>A write was refused, and nothing was changed by it. The message says why.</summary>
public class StorageRefusedException(string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Remedy; null for the one that helps against most refusals.</summary>
    public string? Advice { get; init; }
}
