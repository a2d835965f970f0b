using System.Collections.Concurrent;

namespace Hutch.Zone.Credentials;

/// <summary>
/// From where accounts have lately logged in: there, the failures of strangers elsewhere do not count. Thread-safe, bounded memory. Where
/// several servers share the zone, they tell each other (<see cref="AttemptExchange"/>).
/// </summary>
internal sealed class RecentLoginAddresses
{
    private const int MaxAddresses = 50_000;

    private readonly ConcurrentDictionary<(string User, string Address), byte> _addresses = new();
    private readonly ConcurrentDictionary<(string User, string Address), byte> _untold = new();
    private volatile bool _isShared;

    public bool Knows(string user, string address) => _addresses.ContainsKey((user, address));

    public void Add(string user, string address)
    {
        Learn(user, address);
        if (_isShared && _untold.Count < MaxAddresses)
        {
            _untold[(user, address)] = 0;
        }
    }

    /// <summary>Learns that an account has logged in from an address, here or at another server.</summary>
    public void Learn(string user, string address)
    {
        if (_addresses.Count >= MaxAddresses)
        {
            _addresses.Clear();
        }

        _addresses[(user, address)] = 0;
    }

    /// <summary>From now on, places are kept for other servers, too.</summary>
    public void Share() => _isShared = true;

    /// <summary>Takes the places that other servers do not know of.</summary>
    public IReadOnlyList<(string User, string Address)> TakeUntold() =>
        [.. _untold.Keys.Where(place => _untold.TryRemove(place, out _))];
}
