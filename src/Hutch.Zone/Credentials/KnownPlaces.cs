using System.Collections.Concurrent;

namespace Hutch.Zone.Credentials;

/// <summary>
/// From where accounts have lately logged in: there, the failures of strangers elsewhere do not count. Thread-safe, bounded memory.
/// </summary>
internal sealed class KnownPlaces
{
    private const int MaxPlaces = 50_000;

    private readonly ConcurrentDictionary<(string User, string Address), byte> _places = new();

    public bool Knows(string user, string address) => _places.ContainsKey((user, address));

    public void Add(string user, string address)
    {
        if (_places.Count >= MaxPlaces)
        {
            _places.Clear();
        }

        _places[(user, address)] = 0;
    }
}
