using System.Buffers.Text;
using System.Security.Cryptography;

namespace Hutch.Site.Platform.Servers;

/// <summary>
/// Makes the tickets with which this server asks others, and accepts theirs: each names one question, one life of one server and a time,
/// and is accepted once.
/// </summary>
/// <param name="key">The key, which only servers of this site have.</param>
/// <param name="time">The clock. The clocks of two servers may differ by <see cref="Validity"/>.</param>
public sealed class ServerTickets(byte[] key, Guid self, long life, TimeProvider time)
{
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(30);

    private const int NonceBytes = 16;
    private const int MaxTaken = 200_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Queue<(long ForgottenFrom, string Nonce)> _inOrder = new();

    private static long ValiditySeconds => (long)Validity.TotalSeconds;

    public ServerTicket Issue(SiteServer server, ServerQuery question)
    {
        string nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes));
        var claims = new TicketClaims(self, server.Id, server.Starts, Now() + ValiditySeconds, nonce);
        return ServerTicket.Make(key, claims, question);
    }

    public Result<ServerTicket> Take(string? authorization, ServerQuery question)
    {
        if (ServerTicket.Read(key, authorization, question) is not { } ticket)
        {
            return ErrorCode.Unauthenticated.With("This is for the servers of the site, which say who they are. Nothing was looked up.");
        }

        TicketClaims claims = ticket.Claims;
        if (claims.Target != self || claims.Life != life)
        {
            return ErrorCode.Unauthenticated.With("The question is for another server, or for an earlier life of this one. Ask again.");
        }

        long now = Now();
        return claims.Ends + ValiditySeconds < now || claims.Ends > now + (2 * ValiditySeconds)
            ? ErrorCode.Unauthenticated.With("The ticket is not of now. Do the clocks of the servers differ?")
            : IsFirst(claims, now) ? ticket
            : ErrorCode.Unauthenticated.With("The ticket was used before.");
    }

    private bool IsFirst(in TicketClaims claims, long now)
    {
        lock (_gate)
        {
            while (_inOrder.TryPeek(out (long ForgottenFrom, string Nonce) oldest) && oldest.ForgottenFrom < now)
            {
                _taken.Remove(_inOrder.Dequeue().Nonce);
            }

            if (_taken.Count >= MaxTaken || !_taken.Add(claims.Nonce))
            {
                return false;
            }

            // No ticket is taken later than that, whatever its clock said.
            _inOrder.Enqueue((now + (3 * ValiditySeconds), claims.Nonce));
            return true;
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
