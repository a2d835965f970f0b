using System.Collections.Concurrent;

namespace Hutch.Zone.Credentials;

/// <summary>
/// The addresses of recent logins by account. At these, failures from elsewhere do not count. Thread-safe, bounded memory. Servers that
/// share the zone exchange them (<see cref="AttemptExchange"/>).
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

    public void Learn(string user, string address)
    {
        if (_addresses.Count >= MaxAddresses)
        {
            _addresses.Clear();
        }

        _addresses[(user, address)] = 0;
    }

    public void Share() => _isShared = true;

    /// <summary>Takes the addresses not yet sent to other servers.</summary>
    public IReadOnlyList<(string User, string Address)> TakeUnshared() =>
        [.. _untold.Keys.Where(key => _untold.TryRemove(key, out _))];
}
