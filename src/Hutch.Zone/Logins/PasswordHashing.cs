using Hutch.Model;
using Hutch.Zone.Limits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Hutch.Zone.Logins;

/// <summary>
/// The slow hash of passwords: the platform's own, a few at a time so that guessing does not take the processors from everybody.
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

    /// <summary>The hash to keep of a new password.</summary>
    public async ValueTask<Result<string>> HashAsync(string password, CancellationToken ct)
    {
        using Turn? turn = await EnterAsync(ct);
        return turn is null ? Busy() : _hasher.HashPassword(this, password);
    }

    /// <summary>
    /// Whether the password is the one that was hashed. Without a hash it takes as long and is not: who has no account, or no password, is
    /// not told apart by time.
    /// </summary>
    /// <param name="hash">The hash that was kept; null for none.</param>
    /// <param name="password">What was given.</param>
    /// <param name="allowed">Asked again when the turn has come: a refusal by then is the answer.</param>
    public async ValueTask<Result<PasswordVerificationResult>> VerifyAsync(
        string? hash, string password, Func<HutchError?> allowed, CancellationToken ct)
    {
        using Turn? turn = await EnterAsync(ct);
        if (turn is null)
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

    private async ValueTask<Turn?> EnterAsync(CancellationToken ct)
    {
        if (Interlocked.Increment(ref _waiting) > _maxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }

        try
        {
            await _turns.WaitAsync(ct);
            return new Turn(_turns);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
