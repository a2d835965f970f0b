using System.Collections.Concurrent;

namespace Hutch.Zone.Credentials;

/// <summary>
/// From where accounts have lately logged in: there, the failures of strangers elsewhere do not count. Thread-safe, bounded memory.
/// </summary>
internal sealed class RecentLoginAddresses
{
    private const int MaxAddresses = 50_000;

    private readonly ConcurrentDictionary<(string User, string Address), byte> _addresses = new();

    public bool Knows(string user, string address) => _addresses.ContainsKey((user, address));

    public void Add(string user, string address)
    {
        if (_addresses.Count >= MaxAddresses)
        {
            _addresses.Clear();
        }

        _addresses[(user, address)] = 0;
    }
}
