using System.Collections.Immutable;

namespace Hutch.Zone.Credentials;

/// <summary>A token or link that was presented: its facts and the addresses at which it was right.</summary>
internal sealed class KnownCredential(string id)
{
    private const int MaxAddresses = 16;

    private ImmutableArray<string> _addresses = [];
    private CredentialFacts? _facts;
    private IPAddress? _lastAddress;
    private long _lastUseTicks;

    public string Id { get; } = id;

    public CredentialFacts? Facts
    {
        get => Volatile.Read(ref _facts);
        set => Volatile.Write(ref _facts, value);
    }

    public bool IsGoodFrom(IPAddress? address)
    {
        // Most requests of a token come from where the last one came from: no text is made for them.
        IPAddress? last = Volatile.Read(ref _lastAddress);
        return (last is not null && last.Equals(address)) || _addresses.Contains(AttemptLimiter.AddressKey(address));
    }

    public void NoteGood(IPAddress? address)
    {
        if (address is not null && address.Equals(Volatile.Read(ref _lastAddress)))
        {
            return;
        }

        string key = AttemptLimiter.AddressKey(address);
        ImmutableInterlocked.Update(
            ref _addresses,
            static (known, added) =>
                known.Contains(added) ? known : known.Length < MaxAddresses ? known.Add(added) : [.. known.Skip(1), added],
            key);
        Volatile.Write(ref _lastAddress, address);
    }

    public bool IsUnusedSince(DateTimeOffset since) => Volatile.Read(ref _lastUseTicks) <= since.UtcTicks;

    public bool TryRecordUse(DateTimeOffset now, TimeSpan grain)
    {
        long last = Volatile.Read(ref _lastUseTicks);
        return now.UtcTicks - last >= grain.Ticks && Interlocked.CompareExchange(ref _lastUseTicks, now.UtcTicks, last) == last;
    }
}
