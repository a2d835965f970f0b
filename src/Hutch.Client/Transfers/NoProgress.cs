namespace Hutch.Client.Transfers;

public sealed class NoProgress : ITransferProgress
{
    private NoProgress()
    {
    }

    public static NoProgress Instance { get; } = new();

    public void Start(string stage, long? files, long? bytes)
    {
    }

    public void Add(long files, long bytes)
    {
    }

    public void Report(string message)
    {
    }
}
