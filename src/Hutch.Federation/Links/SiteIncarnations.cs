namespace Hutch.Federation.Links;

/// <summary>
/// The servers that spoke for one site, by the random number of each run. A restarted server has a new number, and the old one is not heard
/// again. If it is, two servers run with one key, as after a copy of a data folder: the second is refused while the first is heard.
/// </summary>
/// <remarks>Thread-safe, bounded memory.</remarks>
internal sealed class SiteIncarnations(string name, TimeProvider time)
{
    private const int MaxKnown = 8;

    /// <summary>A refused server asks again within this time.</summary>
    private static readonly TimeSpan SecondTimeout = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<string> _earlier = [];
    private readonly List<string> _refused = [];
    private string? _current;
    private long _currentAt;
    private long? _refusedAt;

    /// <summary>The name of the site.</summary>
    public string Name => name;

    /// <summary>True if a second server was refused, not long ago.</summary>
    public bool HasSecond
    {
        get
        {
            lock (_gate)
            {
                return _refusedAt is { } at && time.GetElapsedTime(at) < SecondTimeout;
            }
        }
    }

    public bool Admits(string incarnation)
    {
        lock (_gate)
        {
            if (_refused.Contains(incarnation) && time.GetElapsedTime(_currentAt) < SiteContact.LongestSilence)
            {
                _refusedAt = time.GetTimestamp();
                return false;
            }

            if (_current is { } before && before != incarnation)
            {
                _refused.Remove(incarnation);
                if (_earlier.Remove(incarnation))
                {
                    Add(_refused, before);
                    _refusedAt = time.GetTimestamp();
                }
                else
                {
                    Add(_earlier, before);
                }
            }

            (_current, _currentAt) = (incarnation, time.GetTimestamp());
            return true;
        }
    }

    private static void Add(List<string> known, string incarnation)
    {
        known.Add(incarnation);
        if (known.Count > MaxKnown)
        {
            known.RemoveAt(0);
        }
    }
}
