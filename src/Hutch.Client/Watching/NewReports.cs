using Hutch.Client.Transfers;

namespace Hutch.Client.Watching;

/// <summary>Passes on what the round before did not report: a folder is scanned often, and the same is wrong with it each time.</summary>
internal sealed class NewReports(ITransferProgress progress) : ITransferProgress
{
    private const int MaxRemembered = 1000;

    private readonly Lock _gate = new();
    private HashSet<string> _before = new(StringComparer.Ordinal);
    private HashSet<string> _now = new(StringComparer.Ordinal);

    /// <summary>Begins a round.</summary>
    internal void Begin()
    {
        lock (_gate)
        {
            (_before, _now) = (_now, _before);
            _now.Clear();
        }
    }

    public void Start(string stage, long? files, long? bytes) => progress.Start(stage, files, bytes);

    public void Add(long files, long bytes) => progress.Add(files, bytes);

    public void Report(string message)
    {
        lock (_gate)
        {
            if (_now.Count < MaxRemembered)
            {
                _now.Add(message);
            }

            if (_before.Contains(message))
            {
                return;
            }
        }

        progress.Report(message);
    }
}
