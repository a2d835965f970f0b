using Hutch.Zone.Limits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Hutch.Zone.Logins;

/// <summary>
/// The slow hash of passwords, from the platform. Few run at a time, so that guessing does not take the processors from other requests.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    private readonly PasswordHasher<PasswordHashing> _hasher;
    private readonly SemaphoreSlim _turns;
    private readonly int _maxWaiting;
    private readonly Lazy<string> _dummy;
    private int _waiting;

    public PasswordHashing(AccountOptions options)
    {
        _hasher = new PasswordHasher<PasswordHashing>(
            Options.Create(new PasswordHasherOptions { IterationCount = options.HashIterations }));
        _turns = new SemaphoreSlim(options.HashesAtOnce);
        _maxWaiting = options.MaxWaitingHashes;
        _dummy = new Lazy<string>(() => _hasher.HashPassword(this, "the password of nobody"));
    }

    public async ValueTask<Result<string>> HashAsync(string password, CancellationToken ct)
    {
        using Slot? slot = await EnterAsync(ct);
        return slot is null ? Busy() : _hasher.HashPassword(this, password);
    }

    /// <summary>Verifies a password against a stored hash; without one it fails in the same time, so that timing reveals nothing.</summary>
    /// <param name="allowed">Called again after the wait in the queue: a refusal becomes the result.</param>
    public async ValueTask<Result<PasswordVerificationResult>> VerifyAsync(
        string? hash, string password, Func<HutchError?> allowed, CancellationToken ct)
    {
        using Slot? slot = await EnterAsync(ct);
        if (slot is null)
        {
            return Busy();
        }

        if (allowed() is HutchError refusal)
        {
            return refusal;
        }

        PasswordVerificationResult result = _hasher.VerifyHashedPassword(this, hash ?? _dummy.Value, password);
        return hash is null ? PasswordVerificationResult.Failed : result;
    }

    public void Dispose() => _turns.Dispose();

    private static HutchError Busy() => ErrorCode.Unavailable.With("Too many people are logging in. Try again in a few seconds.");

    private async ValueTask<Slot?> EnterAsync(CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > _maxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _turns.WaitAsync(ct);
            return new Slot(_turns);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Slot(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
