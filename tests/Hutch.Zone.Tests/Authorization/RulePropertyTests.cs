using FsCheck;
using FsCheck.Fluent;
using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>What must hold for every caller, dataset and operation, tried on thousands of random ones.</summary>
public sealed class RulePropertyTests
{
    private static readonly Operation[] OnDataset = [.. Operation.All.Where(o => o.Target == OperationTarget.Dataset)];

    private static readonly Gen<Rights> AnyRight = Gen.Elements((Rights[])[Rights.None, .. RightsExtensions.Ladder]);

    private static readonly Gen<TokenScope> AnyScope =
        from scopes in Gen.Choose(0, 31)
        from restricted in Gen.Elements("no", "here", "elsewhere", "both", "nowhere")
        select new TokenScope((TokenScopes)scopes, restricted switch
        {
            "here" => [People.Dataset],
            "elsewhere" => [People.OtherDataset],
            "both" => [People.Dataset, People.OtherDataset],
            "nowhere" => [],
            _ => null,
        });

    private static readonly Gen<Question> AnyQuestion =
        from scope in AnyScope
        from roles in Gen.Choose(0, 31)
        from membership in Gen.Choose(0, 2)
        from ownerNumber in Gen.Choose(0, 2)
        from own in AnyRight
        from groups in AnyRight
        from open in Gen.Elements(Rights.None, Rights.View, Rights.Read, Rights.Derive)
        from embargo in Gen.Elements(-1, 0, 1)
        from operation in Gen.Elements(OnDataset)
        select new Question(scope, roles, membership, ownerNumber, own, groups, open, embargo, operation);

    [Fact]
    public void A_refusal_with_more_rights_implies_a_refusal_with_fewer_rights() => ForAll(q =>
    {
        bool may = q.Ask().IsOk;
        foreach (Question more in q.WithMoreRights())
        {
            Assert.True(!may || more.Ask().IsOk, $"{q} is allowed, {more} is not");
        }
    });

    [Fact]
    public void A_narrower_token_never_allows_more() => ForAll(q =>
    {
        bool may = q.Ask().IsOk;
        foreach (Question narrower in q.WithNarrowerTokens())
        {
            Assert.True(may || !narrower.Ask().IsOk, $"{narrower} is allowed, {q} is not");
        }
    });

    [Fact]
    public void A_token_never_gives_what_its_account_has_not() => ForAll(q =>
        Assert.True(!q.Ask().IsOk || (q with { Scope = TokenScope.Full }).Ask().IsOk, $"{q} is allowed, and not with a full token"));

    [Fact]
    public void A_restricted_token_never_reaches_another_dataset() => ForAll(q =>
    {
        if (q.Scope.Datasets is not null && !q.Scope.Datasets.Contains(People.Dataset))
        {
            Assert.Equal(ErrorCode.NotFound, q.Ask().Error?.Code);
        }
    });

    [Fact]
    public void Roles_count_only_with_the_scope_admin() => ForAll(q =>
    {
        if (!q.Scope.Carries(TokenScopes.Admin))
        {
            Assert.Equal(q.Ask().IsOk, (q with { Roles = 0 }).Ask().IsOk);
        }
    });

    [Fact]
    public void No_role_reads_or_writes_anybodys_data() => ForAll(q =>
    {
        if (q.Operation.Right is Rights.Read or Rights.Derive or Rights.Write)
        {
            Assert.Equal((q with { Roles = 0 }).Ask().IsOk, q.Ask().IsOk);
        }
    });

    [Fact]
    public void A_caller_without_a_right_or_role_gets_the_answer_for_a_missing_dataset() => ForAll(q =>
    {
        if (q.RightsNow() == Rights.None && q.Roles == 0)
        {
            Assert.Equal(AuthorizationRules.OnDataset(q.Caller(), null, People.Dataset, q.Operation, People.Now, AskedPath.Whole).Error, q.Ask().Error);
        }
    });

    [Fact]
    public void A_caller_with_the_right_view_never_gets_NotFound() => ForAll(q =>
    {
        if (q.RightsNow() != Rights.None)
        {
            Assert.NotEqual(ErrorCode.NotFound, q.Ask().Error?.Code);
        }
    });

    [Fact]
    public void A_refusal_names_the_missing_right_or_scope_and_adding_it_allows_the_operation() => ForAll(q =>
    {
        HutchError? error = q.Ask().Error;
        if (error?.Code == ErrorCode.ScopeMissing)
        {
            TokenScopes missing = TokenScope.Parse(error.Details!["missingScope"]).Value.Scopes;
            Assert.True((q with { Scope = new TokenScope(q.Scope.Scopes | missing, q.Scope.Datasets) }).Ask().IsOk, $"{q}: {error.Message}");
        }
        else if (error?.Code == ErrorCode.Forbidden && q.Operation.IsOfSite)
        {
            Question better = q with { Roles = 1 << (int)Role.Administrator, Scope = new TokenScope(TokenScopes.All, q.Scope.Datasets) };
            Assert.True(better.Ask().IsOk, $"{q}: {error.Message}");
        }
        else if (error?.Code == ErrorCode.Forbidden && error.Details!["missingRight"] is string right && right != "owner")
        {
            Rights given = RightsExtensions.ParseRight(right).Value;
            Question better = q with { Own = given, Scope = new TokenScope(TokenScopes.All, q.Scope.Datasets) };
            Assert.True(q.Operation.OwnerOnly || better.Ask().IsOk, $"{q}: {error.Message}");
        }
    });

    private static void ForAll(Action<Question> check) =>
        Prop.ForAll(AnyQuestion.ToArbitrary(), check).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    /// <summary>One random question; bob asks.</summary>
    private sealed record Question(
        TokenScope Scope, int Roles, int Membership, int OwnerNumber, Rights Own, Rights Groups, Rights Open, int Embargo, Operation Operation)
    {
        private PrincipalRecord Owner => OwnerNumber switch { 0 => People.Owner, 1 => People.Bob, _ => People.Lab };

        public Caller Caller() => People.User(
            People.Bob, RoleSet.From([.. RoleNames.All.Where(r => (Roles & (1 << (int)r)) != 0)]), Scope,
            Membership == 0 ? [] : People.InLab(manager: Membership == 2));

        public DatasetAccess Facts() => People.Facts(
            Owner, new Visibility(Open, Embargo == 0 ? null : People.Now + TimeSpan.FromHours(Embargo)), (People.Bob, Own), (People.Lab, Groups));

        public Result<Access> Ask() => People.Ask(Caller(), Facts(), Operation);

        public Rights RightsNow() => Facts().RightsOf(Caller(), People.Now, out _);

        public IEnumerable<Question> WithMoreRights()
        {
            foreach (Rights more in RightsExtensions.Ladder)
            {
                if (more > Own)
                {
                    yield return this with { Own = more };
                }

                if (more > Groups)
                {
                    yield return this with { Groups = more };
                }

                if (more > Open && more <= Rights.Derive)
                {
                    yield return this with { Open = more };
                }
            }

            yield return this with { OwnerNumber = 1 };
            yield return this with { Embargo = -1 };
            yield return this with { Membership = 2 };
            yield return this with { Roles = 31 };
        }

        public IEnumerable<Question> WithNarrowerTokens()
        {
            foreach (TokenScopes scope in (TokenScopes[])[TokenScopes.Read, TokenScopes.Write, TokenScopes.Manage, TokenScopes.Admin, TokenScopes.Work])
            {
                yield return this with { Scope = new TokenScope(Scope.Scopes & ~scope, Scope.Datasets) };
            }

            yield return this with { Scope = Scope.Narrow(new TokenScope(TokenScopes.All, [People.Dataset])) };
            yield return this with { Scope = Scope.Narrow(new TokenScope(TokenScopes.All, [People.OtherDataset])) };
        }
    }
}
