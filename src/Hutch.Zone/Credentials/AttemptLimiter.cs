using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Hutch.Zone.Credentials;

/// <summary>
/// Counts failed login attempts by address, by token and by their pair, and computes the delay before the next one. A client that repeats
/// one wrong token exhausts only the pair, so that other clients at the same address can continue. Thread-safe, bounded memory.
/// </summary>
/// <remarks>
/// Each counter is one number: the time at which all its failures are forgiven (generic cell rate algorithm). A failure advances it by the
/// refill time, and an attempt must wait while it is further ahead than the burst allows. Servers that share the zone exchange failures
/// every second (<see cref="AttemptExchange"/>).
/// </remarks>
public sealed class AttemptLimiter(AttemptLimits limits, TimeProvider time)
{
    private const double KeepWhenFull = 0.75;

    private readonly ConcurrentDictionary<string, long> _untold = new(StringComparer.Ordinal);
    private volatile bool _isShared;

    private readonly ConcurrentDictionary<string, long> _forgivenAt = new(StringComparer.Ordinal);
    private readonly Lock _sweeping = new();
    private readonly Rule _pair = new(limits.PairBurst, limits.PairRefillSeconds);
    private readonly Rule _address = new(limits.AddressBurst, limits.AddressRefillSeconds);
    private readonly Rule _token = new(limits.TokenBurst, limits.TokenRefillSeconds);

    public int Counters => _forgivenAt.Count;

    /// <summary>
    /// Returns the counted form of an address: an IPv6 network of 64 bits is one client, and so are all connections without an address.
    /// </summary>
    public static string AddressKey(IPAddress? address)
    {
        if (address is null)
        {
            return "local";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    /// <summary>Returns the refusal of an attempt that must wait, before its secret is checked; null when it may proceed.</summary>
    /// <param name="address">From <see cref="AddressKey"/>.</param>
    /// <param name="credential">The public part of the token, the name of the account, or any constant for a text that is neither.</param>
    /// <param name="isKnownPlace">
    /// True if the same credential was recently right from there: then only the pair's own failures count.
    /// </param>
    public HutchError? Check(string address, string credential, bool isKnownPlace = false)
    {
        long now = Now();
        long wait = Wait(PairKey(address, credential), _pair, now);
        return Refusal(isKnownPlace
            ? wait
            : Math.Max(wait, Math.Max(Wait(OneAddressKey(address), _address, now), Wait(OneTokenKey(credential), _token, now))));
    }

    /// <summary>
    /// Checks an attempt with a secret that cannot be guessed. Only failures of the pair count: the public part of a token is no secret,
    /// and failures with it elsewhere must not lock out its holder.
    /// </summary>
    public HutchError? CheckUnguessable(string address, string credential) =>
        Refusal(Wait(PairKey(address, credential), _pair, Now()));

    private static HutchError? Refusal(long wait)
    {
        if (wait <= 0)
        {
            return null;
        }

        string seconds = ((long)Math.Ceiling(wait / (double)TimeSpan.TicksPerSecond)).ToString(CultureInfo.InvariantCulture);
        return ErrorCode.TooManyRequests.With(
            $"Too many failed login attempts. Wait {seconds} s, check the token, and try again.", "retryAfterSeconds", seconds);
    }

    /// <summary>
    /// Counts a failed attempt and returns its refusal. If others exhausted the budget during the attempt, the answer is to wait and
    /// nothing is counted: a repeating client exhausts only its own budget.
    /// </summary>
    internal HutchError Fail(string address, string credential, HutchError refusal)
    {
        if (Check(address, credential) is HutchError wait)
        {
            return wait;
        }

        Fail(address, credential);
        return refusal;
    }

    /// <summary>Counts an attempt that is limited whatever its outcome; returns its refusal if it must wait.</summary>
    internal HutchError? CheckAndCount(IPAddress? address, string credential)
    {
        string key = AddressKey(address);
        HutchError? wait = Check(key, credential);
        if (wait is null)
        {
            Fail(key, credential);
        }

        return wait;
    }

    public void Fail(string address, string credential)
    {
        if (_forgivenAt.Count + 3 > limits.MaxCounters)
        {
            Sweep();
        }

        long now = Now();
        Count(PairKey(address, credential), _pair, now);
        Count(OneAddressKey(address), _address, now);
        Count(OneTokenKey(credential), _token, now);
    }

    /// <summary>Starts to collect failures for other servers.</summary>
    internal void Share() => _isShared = true;

    /// <summary>Takes the failures not yet sent to other servers: each counter and the time they added to it.</summary>
    internal IReadOnlyList<(string Counter, TimeSpan Cost)> TakeUnshared()
    {
        List<(string Counter, TimeSpan Cost)> taken = [];
        foreach (string counter in _untold.Keys)
        {
            if (_untold.TryRemove(counter, out long ticks))
            {
                taken.Add((counter, new TimeSpan(ticks)));
            }
        }

        return taken;
    }

    /// <summary>Returns a failure that could not be sent, for the next attempt.</summary>
    internal void PutBack(string counter, TimeSpan cost) => _untold.AddOrUpdate(counter, cost.Ticks, (_, more) => more + cost.Ticks);

    internal void Learn(string counter, DateTimeOffset forgivenAt)
    {
        if (_forgivenAt.Count >= limits.MaxCounters)
        {
            Sweep();
        }

        _forgivenAt.AddOrUpdate(counter, forgivenAt.UtcTicks, (_, known) => Math.Max(known, forgivenAt.UtcTicks));
    }

    private long Wait(string key, Rule rule, long now) => _forgivenAt.TryGetValue(key, out long at) ? at - now - rule.Tolerance : 0;

    private void Count(string key, Rule rule, long now)
    {
        _forgivenAt.AddOrUpdate(key, now + rule.Refill, (_, at) => Math.Max(at, now) + rule.Refill);
        if (_isShared && _untold.Count < limits.MaxCounters)
        {
            _untold.AddOrUpdate(key, rule.Refill, (_, before) => before + rule.Refill);
        }
    }

    private void Sweep()
    {
        lock (_sweeping)
        {
            long now = Now();
            KeyValuePair<string, long>[] all = _forgivenAt.ToArray();
            int keep = (int)(limits.MaxCounters * KeepWhenFull);
            foreach ((string key, long _) in all.Where(c => c.Value <= now))
            {
                _forgivenAt.TryRemove(key, out long _);
            }

            foreach ((string key, long _) in all.Where(c => c.Value > now).OrderByDescending(c => c.Value).Skip(keep))
            {
                _forgivenAt.TryRemove(key, out long _);
            }
        }
    }

    private long Now() => time.GetUtcNow().UtcTicks;

    private static string PairKey(string address, string credential) => $"p {address} {credential}";

    private static string OneAddressKey(string address) => "a " + address;

    private static string OneTokenKey(string credential) => "t " + credential;

    private sealed record Rule
    {
        public Rule(int burst, double refillSeconds)
        {
            Refill = (long)(refillSeconds * TimeSpan.TicksPerSecond);
            Tolerance = Refill * (burst - 1);
        }

        public long Refill { get; }

        /// <summary>The debt in ticks that is allowed before the next attempt must wait.</summary>
        public long Tolerance { get; }
    }
}
