using Hutch.Model;
using Hutch.Model.NarrowedTokens;
using Hutch.Model.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Tests.Authorization;

/// <summary>Keys never permit more than their token, nor more than any of their blocks: the rules alone, without a database.</summary>
public sealed class NarrowedCallerTests
{
    private const int Requests = 100_000;

    private static readonly DatasetPath[] Paths =
        [.. ((string[])["a", "a/b", "a/b/c", "ab", "a/bc", "x", "x/a/b"]).Select(static path => DatasetPath.Parse(path).Value)];

    private static readonly Operation[] OnDatasets = [.. Operation.All.Where(static operation => operation.Target == OperationTarget.Dataset)];

    private static readonly Operation[] Others =
        [.. Operation.All.Where(static operation => operation.Target is OperationTarget.Account or OperationTarget.Installation)];

    [Fact]
    public void No_chain_permits_more_than_its_token_or_one_of_its_blocks()
    {
        var random = new Random(20261201);
        int allowed = 0;
        for (int i = 0; i < Requests; i++)
        {
            TokenRestrictions[] chain = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Block(random))];
            Caller parent = Parent(random);
            Caller key = With(parent, chain);
            DatasetAccess facts = Facts(random);
            DatasetPath path = Paths[random.Next(Paths.Length)];
            AskedPath where = random.Next(4) switch
            {
                0 => AskedPath.Whole,
                1 => AskedPath.Name,
                _ => AskedPath.At(path),
            };
            Operation operation = where.Equals(AskedPath.Name) ? Operation.DatasetView : OnDatasets[random.Next(OnDatasets.Length)];
            if (Ask(key, facts, operation, where))
            {
                allowed++;
                Assert.True(Ask(parent, facts, operation, AskedPath.Whole), $"{operation} by {Show(chain)}, not by its token");
                Assert.All(chain, block => Assert.True(
                    Ask(With(parent, block), facts, operation, where), $"{operation} by {Show(chain)}, not by {block.Describe()}"));
                Assert.False(operation.MakesCredential);
                Assert.All(chain, block => Assert.True(IsInFolder(block, where, path), $"{where} {path} by {Show(chain)}"));
                Assert.All(chain, block => Assert.True(block.Datasets?.Contains(People.Dataset) != false));
            }

            Assert.Equal(Ask(key, facts, operation, where), Ask(With(parent, [.. chain.Reverse()]), facts, operation, where));
            Operation other = Others[random.Next(Others.Length)];
            Assert.True(!Authorizer.Authorize(key, other).IsOk || Authorizer.Authorize(parent, other).IsOk);
            Assert.False(key.Roles.Intersects(Operation.UserList.Roles));
        }

        Assert.InRange(allowed, Requests / 100, Requests / 2);
    }

    [Fact]
    public void A_scope_of_a_key_is_the_same_after_it_went_to_another_site_as_text()
    {
        var random = new Random(1);
        for (int i = 0; i < 2000; i++)
        {
            TokenScope scope = With(Parent(random), Block(random), Block(random)).Scope;
            Assert.Equal(scope, TokenScope.Parse(scope.ToString()).Value);
            Assert.Equal(scope.Folder, TokenScope.Parse(scope.ToString()).Value.Folder);
            Assert.True(TokenScope.Parse(scope.ToString()).Value.IsNarrowed);
        }
    }

    /// <summary>The rule of the format page, written again: a question of a whole dataset is in no folder.</summary>
    private static bool IsInFolder(TokenRestrictions block, AskedPath where, DatasetPath path) =>
        block.Folder is not { } folder
        || (folder.Dataset == People.Dataset
            && (where.Equals(AskedPath.Name)
                || (!where.Equals(AskedPath.Whole) && (path.Value + "/").StartsWith(folder.Path.Value + "/", StringComparison.Ordinal))));

    private static bool Ask(Caller caller, DatasetAccess facts, Operation operation, AskedPath where) =>
        AuthorizationRules.OnDataset(caller, facts, People.Dataset, operation, People.Now, where).IsOk;

    private static string Show(IEnumerable<TokenRestrictions> chain) => string.Join("; ", chain.Select(static block => block.Describe()));

    private static Caller Parent(Random random) => People.User(
        random.Next(3) == 0 ? People.Bob : People.Owner,
        random.Next(4) == 0 ? RoleSet.From(Role.Administrator) : RoleSet.None,
        new TokenScope((TokenScopes)random.Next(16), random.Next(3) == 0 ? [People.Dataset, People.OtherDataset] : null).Narrowable());

    private static DatasetAccess Facts(Random random) => People.Facts(
        null, random.Next(3) == 0 ? new Visibility(Rights.Read, null) : null, (People.Bob, (Rights)(1 << random.Next(5))));

    private static Caller With(Caller parent, params TokenRestrictions[] chain) => parent.With(new ProvenKey(
        "0123456789abcdef", default, chain.Aggregate(TokenRestrictions.None, static (all, block) => all.Intersect(block)), chain.Length, default));

    private static TokenRestrictions Block(Random random) => new()
    {
        Datasets = random.Next(3) == 0 ? [random.Next(4) == 0 ? People.OtherDataset : People.Dataset] : null,
        Folder = random.Next(2) == 0
            ? new FolderOfDataset(random.Next(8) == 0 ? People.OtherDataset : People.Dataset, Paths[random.Next(Paths.Length)])
            : null,
        Scopes = random.Next(2) == 0 ? (TokenScopes)random.Next(1, 8) : null,
    };
}
