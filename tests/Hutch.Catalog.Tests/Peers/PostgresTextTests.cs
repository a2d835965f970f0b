using Hutch.Catalog.Postgres;
using Hutch.Catalog.Zone;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Peers.Postgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hutch.Catalog.Tests.Peers;

/// <summary>PostgreSQL keeps no U+0000: who sends one is refused, and nobody else notices, whatever the connection has prepared.</summary>
public sealed class PostgresTextTests(PostgresServer server)
{
    private static readonly PrincipalId Ada = new(Guid.Parse("00000000-0000-0000-0000-000000000001"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Text_that_cannot_be_kept_is_refused_and_the_same_question_is_answered_afterwards(int before)
    {
        await using ZoneDatabase zone = await OpenAsync();
        for (int i = 1; i < before; i++)
        {
            await TokensAfterAsync(zone, "a");
        }

        HutchException refused = await Assert.ThrowsAsync<HutchException>(() => TokensAfterAsync(zone, "\0"));

        Assert.Equal(ErrorCode.BadRequest, refused.Error.Code);
        for (int i = 0; i < 3; i++)
        {
            Assert.Single(await TokensAfterAsync(zone, "a"));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_change_with_text_that_cannot_be_kept_is_refused_and_the_same_change_works_afterwards(int before)
    {
        await using ZoneDatabase zone = await OpenAsync();
        for (int i = 1; i < before; i++)
        {
            await ChangeAsync(zone, change => change.Tokens.ListOf(Ada, "a", 10));
        }

        Result<Done> refused = await zone.ChangeAsync<Done>(
            AuditActor.Server,
            change =>
            {
                change.Tokens.ListOf(Ada, "\0", 10);
                return Done.Value;
            },
            Ct);

        Assert.Equal(ErrorCode.BadRequest, refused.Error!.Code);
        for (int i = 0; i < 3; i++)
        {
            await ChangeAsync(zone, change => Assert.Single(change.Tokens.ListOf(Ada, "a", 10)));
        }
    }

    private static Task<IReadOnlyList<TokenRecord>> TokensAfterAsync(ZoneDatabase zone, string after) =>
        zone.ReadAsync(tables => tables.Tokens.ListOf(Ada, after, 10), Ct).AsTask();

    private static async Task ChangeAsync(ZoneDatabase zone, Action<ZoneChange> change) =>
        Assert.True((await zone.ChangeAsync<Done>(
            AuditActor.Server,
            tables =>
            {
                change(tables);
                tables.AddAudit("test", null);
                return Done.Value;
            },
            Ct)).IsOk);

    /// <summary>A zone with a user who has a token.</summary>
    private async Task<ZoneDatabase> OpenAsync()
    {
        ZoneDatabase zone = await ZoneDatabase.OpenAsync(
            new PostgresDatabase(PostgresAddress.Parse(await server.CreateDatabaseAsync(Ct)).Value, PostgresPassword.From(null)),
            TimeProvider.System, NullLogger.Instance, null, Ct);
        await ChangeAsync(
            zone,
            change =>
            {
                Assert.True(change.Principals.CreateUser(Ada, "ada", null).IsOk);
                change.Tokens.Create("t", Ada, null, BlobHash.Compute("t"u8), TokenScope.Full, null);
            });
        return zone;
    }
}
