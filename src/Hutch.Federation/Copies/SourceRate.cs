namespace Hutch.Federation.Copies;

/// <summary>The rate of a source in its last activity, so that an earlier, higher rate does not count. For one caller at a time.</summary>
internal sealed class SourceRate(TimeProvider time)
{
    /// <summary>After so long it is measured anew.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Before that, a connection that is only being opened would count as slow.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>So many bytes say how fast it is, however soon they came.</summary>
    private const long LeastBytes = 1 << 20;

    private bool _isBusy;
    private long _since;
    private long _bytes;
    private double? _last;

    /// <summary>Bytes a second; null before there was enough to say.</summary>
    public double? Value => _isBusy && time.GetElapsedTime(_since) is var spent && spent >= Least ? _bytes / spent.TotalSeconds : _last;

    public void Begin() => (_isBusy, _since, _bytes) = (true, time.GetTimestamp(), 0);

    public void AddSample(long bytes)
    {
        _bytes += bytes;
        if (time.GetElapsedTime(_since) >= Window)
        {
            End();
            Begin();
        }
    }

    public void End()
    {
        TimeSpan spent = time.GetElapsedTime(_since);
        if (spent >= Least || _bytes >= LeastBytes)
        {
            _last = _bytes / Math.Max(spent.TotalSeconds, 1e-3);
        }

        _isBusy = false;
    }
}
