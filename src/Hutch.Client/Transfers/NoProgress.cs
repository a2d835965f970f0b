namespace Hutch.Client.Transfers;

/// <summary>Reports nothing.</summary>
public sealed class NoProgress : ITransferProgress
{
    private NoProgress()
    {
    }

    public static NoProgress Instance { get; } = new();

    /// <inheritdoc/>
    public void Start(string stage, long? files, long? bytes)
    {
    }

    /// <inheritdoc/>
    public void Add(long files, long bytes)
    {
    }

    /// <inheritdoc/>
    public void Report(string message)
    {
    }
}
