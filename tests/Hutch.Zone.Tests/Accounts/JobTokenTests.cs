using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Accounts;
using Hutch.Zone.Authorization;
using Hutch.Zone.Credentials;
using Hutch.Zone.Limits;

namespace Hutch.Zone.Tests.Accounts;

/// <summary>What the command of a job may do: read its inputs and write its output, while it runs.</summary>
public sealed class JobTokenTests : IAsyncLifetime
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private TestZone _zone = null!;
    private Caller _ada = null!;
    private NameRecord _input = null!;
    private NameRecord _output = null!;
    private NameRecord _other = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await TestZone.OpenAsync();
        _ada = await _zone.UserAsync("ada");
        _input = await _zone.DatasetAsync(_ada, "input");
        _output = await _zone.DatasetAsync(_ada, "output");
        _other = await _zone.DatasetAsync(_ada, "other");
    }

    public ValueTask DisposeAsync() => _zone.DisposeAsync();

    [Fact]
    public async Task It_reads_the_inputs_and_writes_the_output_and_nothing_else()
    {
        Caller step = await _zone.LogInAsync((await MakeAsync()).Secret.Reveal());

        Assert.True((await _zone.MayAsync(step, _input, Operation.EntryRead)).IsOk);
        Assert.True((await _zone.MayAsync(step, _output, Operation.EntryRead)).IsOk);
        Assert.True((await _zone.MayAsync(step, _output, Operation.EntryWrite)).IsOk);
        Assert.Equal(ErrorCode.ScopeMissing, (await _zone.MayAsync(step, _input, Operation.EntryWrite)).Error?.Code);
        Assert.Equal(ErrorCode.ScopeMissing, (await _zone.MayAsync(step, _output, Operation.LinkCreate)).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await _zone.MayAsync(step, _other, Operation.DatasetView)).Error?.Code);
        Assert.Equal(ErrorCode.ScopeMissing, Authorizer.Authorize(step, Operation.DatasetCreate).Error?.Code);
        Assert.Equal(ErrorCode.ScopeMissing, (await _zone.Services.JobTokens.CreateAsync(step, Request(), Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_job_token_expires_unless_its_parent_token_renews_it_and_no_other_token_can_renew_it()
    {
        IssuedToken made = await MakeAsync();
        Caller other = await _zone.TokenAsync(_ada, new TokenRequest());
        _zone.Time.Advance(TimeSpan.FromMinutes(10));

        Result<TokenRecord> stranger = await _zone.Services.JobTokens.RenewAsync(other, made.Token.Id, Life, Ct);
        Result<TokenRecord> renewed = await _zone.Services.JobTokens.RenewAsync(_ada, made.Token.Id, Life, Ct);
        _zone.Time.Advance(TimeSpan.FromMinutes(14));
        bool isGood = (await _zone.TryLogInAsync(made.Secret.Reveal())).IsOk;
        _zone.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(ErrorCode.NotFound, stranger.Error?.Code);
        Assert.Equal(made.Token.ExpiresAt + TimeSpan.FromMinutes(10), renewed.Value.ExpiresAt);
        Assert.True(isGood);
        Assert.Equal(ErrorCode.Unauthenticated, (await _zone.TryLogInAsync(made.Secret.Reveal())).Error?.Code);
        Assert.Equal(ErrorCode.NotFound, (await _zone.Services.JobTokens.RenewAsync(_ada, made.Token.Id, Life, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Renewing_it_again_and_again_changes_nothing_while_more_than_half_of_its_life_is_left()
    {
        Caller parent = await _zone.TokenAsync(_ada, new TokenRequest { Life = TimeSpan.FromMinutes(20) });
        IssuedToken made = await MakeAsync(parent);
        _zone.Time.Advance(TimeSpan.FromMinutes(7));
        DateTimeOffset? early = await RenewAsync();
        early = await RenewAsync();
        int linesEarly = await LinesAsync();
        _zone.Time.Advance(TimeSpan.FromMinutes(1));

        DateTimeOffset? late = await RenewAsync();
        _zone.Time.Advance(TimeSpan.FromMinutes(8));
        DateTimeOffset? last = await RenewAsync();

        Assert.Equal((made.Token.ExpiresAt, 0), (early, linesEarly));
        Assert.Equal((parent.ExpiresAt, parent.ExpiresAt), (late, last));
        Assert.Equal(1, await LinesAsync());

        async Task<DateTimeOffset?> RenewAsync() =>
            (await _zone.Services.JobTokens.RenewAsync(parent, made.Token.Id, Life, Ct)).Value.ExpiresAt;

        async Task<int> LinesAsync() =>
            (await _zone.AuditAsync()).Count(line => line.Contains($"token.narrow token:{made.Token.Id}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_token_has_so_many_and_no_other_token_of_the_account_notices()
    {
        Caller parent = await _zone.TokenAsync(_ada, new TokenRequest());
        for (int i = 0; i < AccountLimits.MaxStepsPerToken; i++)
        {
            await MakeAsync(parent);
        }

        Result<IssuedToken> beyond = await _zone.Services.JobTokens.CreateAsync(parent, Request(), Ct);
        Result<IssuedToken> other = await _zone.Services.JobTokens.CreateAsync(_ada, Request(), Ct);
        _zone.Time.Advance(Life);

        Assert.Equal(ErrorCode.TooLarge, beyond.Error?.Code);
        Assert.True(other.IsOk);
        Assert.True((await _zone.Services.JobTokens.CreateAsync(parent, Request(), Ct)).IsOk);
    }

    [Fact]
    public async Task One_token_makes_so_many_within_an_hour_also_when_it_ends_them()
    {
        Caller parent = await _zone.TokenAsync(_ada, new TokenRequest());
        for (int i = 0; i < AccountLimits.MaxStepsPerHour; i++)
        {
            IssuedToken made = await MakeAsync(parent);
            await _zone.Services.JobTokens.EndAsync(parent, made.Token.Id, Ct);
        }

        Result<IssuedToken> beyond = await _zone.Services.JobTokens.CreateAsync(parent, Request(), Ct);
        _zone.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(ErrorCode.TooManyRequests, beyond.Error?.Code);
        Assert.True((await _zone.Services.JobTokens.CreateAsync(parent, Request(), Ct)).IsOk);
    }

    [Fact]
    public async Task When_it_has_ended_it_is_in_no_list()
    {
        IssuedToken made = await MakeAsync();
        bool isListed = (await ListAsync()).Contains(made.Token.Id);

        _zone.Time.Advance(Life);

        Assert.True(isListed);
        Assert.DoesNotContain(made.Token.Id, await ListAsync());

        async Task<IEnumerable<string>> ListAsync() =>
            (await _zone.Tokens.ListAsync(_ada, null, 100, Ct)).Value.Select(static token => token.Id);
    }

    [Fact]
    public async Task It_is_forgotten_some_days_after_its_end()
    {
        string token = (await MakeAsync()).Secret.Reveal();

        _zone.Time.Advance(TimeSpan.FromDays(2));
        await _zone.Services.Upkeep.DeleteExpiredAsync(Ct);
        Result<Caller> ended = await _zone.TryLogInAsync(token);
        _zone.Time.Advance(TimeSpan.FromDays(2));
        await _zone.Services.Upkeep.DeleteExpiredAsync(Ct);
        await _zone.ReopenAsync();

        Assert.Contains("expired on", ended.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("expired on", (await _zone.TryLogInAsync(token)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_response_that_continues_after_a_renewal_waits_for_the_new_expiry_without_extra_checks()
    {
        IssuedToken made = await MakeAsync();
        Caller step = await _zone.LogInAsync(made.Secret.Reveal());
        _zone.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.True((await _zone.Services.JobTokens.RenewAsync(_ada, made.Token.Id, Life, Ct)).IsOk);
        _zone.Time.Advance(TimeSpan.FromMinutes(6));
        int asked = 0;

        Task<HutchError> waiting = _zone.Services.Authenticator.WaitForLossAsync(
            step,
            _ => ++asked < 100 ? new ValueTask<HutchError?>((HutchError?)null) : throw new InvalidOperationException("It asks without end."),
            Ct);
        await _zone.Services.JobTokens.EndAsync(_ada, made.Token.Id, Ct);
        while (!waiting.IsCompleted)
        {
            _zone.Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal(ErrorCode.Unauthenticated, (await waiting).Code);
    }

    [Fact]
    public async Task It_ends_at_once_when_it_is_ended_and_with_the_token_that_made_it()
    {
        Caller parent = await _zone.TokenAsync(_ada, new TokenRequest { Life = TimeSpan.FromMinutes(5) });
        string ended = (await MakeAsync(parent)).Secret.Reveal();
        string orphan = (await MakeAsync(parent)).Secret.Reveal();
        Caller step = await _zone.LogInAsync(ended);
        Caller left = await _zone.LogInAsync(orphan);

        await _zone.Services.JobTokens.EndAsync(parent, step.CredentialId!, Ct);
        Result<Caller> afterEnd = await _zone.TryLogInAsync(ended);
        await _zone.Tokens.RevokeAsync(_ada, parent.CredentialId!, Ct);

        Assert.Equal(ErrorCode.Unauthenticated, afterEnd.Error?.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await _zone.TryLogInAsync(orphan)).Error?.Code);
        Assert.Equal(ErrorCode.Unauthenticated, (await _zone.Services.Authenticator.RefreshAsync(left, Ct)).Error?.Code);
    }

    [Fact]
    public async Task It_is_never_good_for_longer_than_the_token_that_made_it_nor_for_an_hour()
    {
        Caller parent = await _zone.TokenAsync(_ada, new TokenRequest { Life = TimeSpan.FromMinutes(5) });

        IssuedToken made = await MakeAsync(parent);
        StepRequest tooLong = Request() with { Life = JobTokens.LongestLife + TimeSpan.FromSeconds(1) };

        Assert.Equal(parent.ExpiresAt, made.Token.ExpiresAt);
        Assert.Equal(ErrorCode.BadRequest, (await _zone.Services.JobTokens.CreateAsync(_ada, tooLong, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_job_token_cannot_exceed_the_rights_of_its_creator()
    {
        Caller bob = await _zone.UserAsync("bob");
        Caller reader = await _zone.TokenAsync(_ada, new TokenRequest { Scopes = TokenScopes.Read });
        NameRecord his = await _zone.DatasetAsync(bob, "his");

        Assert.Equal(ErrorCode.NotFound, (await _zone.Services.JobTokens.CreateAsync(bob, Request(), Ct)).Error?.Code);
        Assert.Equal(ErrorCode.ScopeMissing, (await _zone.Services.JobTokens.CreateAsync(reader, Request(), Ct)).Error?.Code);
        Assert.Equal(
            ErrorCode.NotFound,
            (await _zone.Services.JobTokens.CreateAsync(_ada, Request() with { Inputs = [his.Dataset] }, Ct)).Error?.Code);
    }

    [Fact]
    public void Its_reach_is_written_and_read_as_it_is()
    {
        TokenScope scope = TokenScope.Full.At("0123456789abcdef").ForStep([_input.Dataset, _output.Dataset], _output.Dataset, "fedcba9876543210");

        TokenScope read = TokenScope.Parse(scope.ToString()).Value;

        Assert.Equal(scope, read);
        Assert.True(read.Carries(TokenScopes.Write, _output.Dataset));
        Assert.False(read.Carries(TokenScopes.Write, _input.Dataset));
        Assert.Equal((scope.Parent, scope.Site), (read.Parent, read.Site));
        Assert.Equal(scope, TokenScope.Full.Narrow(scope));
    }

    private StepRequest Request() => new([_input.Dataset], _output.Dataset, Life);

    private async Task<IssuedToken> MakeAsync(Caller? parent = null) =>
        (await _zone.Services.JobTokens.CreateAsync(parent ?? _ada, Request(), Ct)).Value;
}
