namespace Hutch.Zone.SignedTokens;

/// <summary>
/// The keys that an issuer publishes (RFC 7517), cached. A token with an unknown key has them fetched again, but not at once for every
/// such token. Thread-safe.
/// </summary>
/// <remarks>
/// All requests share one fetch, which no request cancels: a client that hangs up keeps no other one from the new keys.
/// </remarks>
internal sealed class IssuerKeys : IDisposable
{
    private readonly Func<CancellationToken, Task<Result<KeySetAnswer>>> _fetch;
    private readonly KeyLifetimes _lifetimes;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Known? _known;
    private HutchError? _failure;
    private Task<Result<IReadOnlyList<SigningKey>>>? _running;
    private long? _lastAttempt;

    /// <param name="fetch">Fetches the key set; it must end by itself.</param>
    public IssuerKeys(Func<CancellationToken, Task<Result<KeySetAnswer>>> fetch, KeyLifetimes lifetimes, TimeProvider time)
    {
        (_fetch, _lifetimes, _time) = (fetch, lifetimes, time);
    }

    /// <summary>Returns true if one of the issuer's keys has signed a token; a refusal if there are no keys to check it.</summary>
    public async ValueTask<Result<bool>> HaveSignedAsync(SignedToken token, CancellationToken ct)
    {
        if (Volatile.Read(ref _known) is { } known && AgeOf(known) < _lifetimes.Fresh && Judge(known.Keys, token) is { } answer)
        {
            return answer;
        }

        return (await FetchAsync().WaitAsync(ct)).Then<bool>(keys => Judge(keys, token) ?? false);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Returns whether a key has signed a token; null if new keys may have.</summary>
    private static bool? Judge(IReadOnlyList<SigningKey> keys, SignedToken token)
    {
        SigningKey[] candidates = [.. keys.Where(key => token.KeyId is null || key.Id == token.KeyId)];
        if (Array.Exists(candidates, token.IsSignedBy))
        {
            return true;
        }

        return candidates.Length > 0 && token.KeyId is not null ? false : null;
    }

    private Task<Result<IReadOnlyList<SigningKey>>> FetchAsync()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false } running)
            {
                return running;
            }

            if (_lastAttempt is { } last && _time.GetElapsedTime(last) < _lifetimes.BetweenFetches)
            {
                return Task.FromResult(Current());
            }

            _lastAttempt = _time.GetTimestamp();
            return _running = FetchNowAsync(_stopping.Token);
        }
    }

    private async Task<Result<IReadOnlyList<SigningKey>>> FetchNowAsync(CancellationToken ct)
    {
        Result<KeySetAnswer> answer = await _fetch(ct);
        if (answer.IsOk)
        {
            SigningKey[] keys = [.. (answer.Value.Keys ?? []).Select(SigningKey.Read).OfType<SigningKey>()];
            Volatile.Write(ref _known, new Known(keys, _time.GetTimestamp()));
        }

        Volatile.Write(ref _failure, answer.Error);
        return Current();
    }

    /// <summary>Returns the known keys while they may be used; the failure of the last fetch otherwise.</summary>
    private Result<IReadOnlyList<SigningKey>> Current() =>
        Volatile.Read(ref _known) is { } known && (_failure is null || AgeOf(known) < _lifetimes.WithoutIssuer)
            ? Result<IReadOnlyList<SigningKey>>.Ok(known.Keys)
            : _failure!;

    private TimeSpan AgeOf(Known known) => _time.GetElapsedTime(known.Since);

    private sealed record Known(IReadOnlyList<SigningKey> Keys, long Since);
}

/// <param name="Fresh">How long keys are used without a fetch.</param>
/// <param name="BetweenFetches">The shortest time between two fetches, whatever their outcome.</param>
/// <param name="WithoutIssuer">How long keys are used while the issuer cannot be reached.</param>
internal sealed record KeyLifetimes(TimeSpan Fresh, TimeSpan BetweenFetches, TimeSpan WithoutIssuer);
