using System.Collections.Immutable;

namespace Hutch.Model.Tests.RightsAndScopes;

public sealed class RightsTests
{
    [Fact]
    public void A_right_includes_all_below_it_and_none_above()
    {
        for (int i = 0; i < RightsExtensions.Ladder.Count; i++)
        {
            for (int j = 0; j < RightsExtensions.Ladder.Count; j++)
            {
                Assert.Equal(j <= i, RightsExtensions.Ladder[i].Includes(RightsExtensions.Ladder[j]));
            }
        }

        Assert.False(Rights.None.Includes(Rights.View));
        Assert.Equal(Rights.All, Rights.Manage.WithImplied());
        Assert.Equal(Rights.None, Rights.None.WithImplied());
    }

    [Fact]
    public void Names_of_rights_and_roles_read_back()
    {
        Assert.All(RightsExtensions.Ladder, right => Assert.Equal(right, RightsExtensions.ParseRight(right.ToName()).Value));
        Assert.All(RoleNames.All, role => Assert.Equal(role, RoleNames.Parse(role.ToName()).Value));
        Assert.Equal(Enum.GetValues<Role>(), RoleNames.All);
        Assert.Equal(ErrorCode.InvalidName, RightsExtensions.ParseRight("Read").Error?.Code);
        Assert.Equal(ErrorCode.InvalidName, RoleNames.Parse("root").Error?.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("read")]
    [InlineData("read write manage admin")]
    [InlineData("write dataset:0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11")]
    [InlineData("read opens:0123456789abcdef opens:fedcba9876543210")]
    [InlineData("read opens:0123456789abcdef site:0123456789abcdef")]
    public void A_token_scope_reads_back_as_it_is_written(string text) => Assert.Equal(text, TokenScope.Parse(text).Value.ToString());

    [Fact]
    public void Scopes_derived_from_an_S3_key_that_opens_sites_open_no_site()
    {
        TokenScope key = TokenScope.Full.Opening(["0123456789abcdef"]);

        Assert.Empty(key.Narrow(TokenScope.Full).Opens);
        Assert.Empty(key.At("0123456789abcdef").Opens);
        Assert.Equal(ErrorCode.InvalidName, TokenScope.Parse(string.Concat(
            Enumerable.Range(0, TokenScope.MaxSites + 1).Select(static i => $"opens:{i:x16} "))).Error?.Code);
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("read,write")]
    [InlineData("dataset:lysozyme")]
    [InlineData("read opens:archive")]
    public void An_invalid_scope_is_refused(string text) => Assert.Equal(ErrorCode.InvalidName, TokenScope.Parse(text).Error?.Code);

    [Fact]
    public void A_workers_scope_carries_its_namespace_and_no_right()
    {
        TokenScope scope = TokenScope.ForWork("trial");

        Assert.Equal("work namespace:trial", scope.ToString());
        Assert.Equal(scope, TokenScope.Parse("namespace:trial work").Value);
        Assert.NotEqual(scope, TokenScope.ForWork("other"));
        Assert.False(TokenScope.Full.Carries(TokenScopes.Work));
        Assert.All(RightsExtensions.Ladder, right => Assert.False(scope.Carries(right.RequiredScope())));
        Assert.Equal(TokenScopes.None, scope.Narrow(TokenScope.Full).Scopes);
        Assert.Equal(ErrorCode.InvalidName, TokenScope.Parse("work namespace:No").Error?.Code);
    }

    [Fact]
    public void A_scope_lets_use_the_rights_it_is_for_on_the_datasets_it_reaches()
    {
        var mine = new DatasetId(Guid.Parse("0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11"));
        var other = new DatasetId(Guid.Parse("1d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11"));
        var scope = new TokenScope(TokenScopes.Read, ImmutableSortedSet.Create(mine));

        Assert.True(scope.Allows(Rights.Read, mine));
        Assert.True(scope.Allows(Rights.View, mine));
        Assert.False(scope.Allows(Rights.Derive, mine));
        Assert.False(scope.Allows(Rights.Write, mine));
        Assert.False(scope.Allows(Rights.Read, other));
        Assert.True(TokenScope.Full.Allows(Rights.Manage, other));
    }

    [Fact]
    public void A_narrowed_scope_is_never_wider_than_either()
    {
        var a = new DatasetId(Guid.Parse("0d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11"));
        var b = new DatasetId(Guid.Parse("1d5f4bb2-4f7a-4dcb-9d64-9f0d4d1f2a11"));
        var first = new TokenScope(TokenScopes.Read | TokenScopes.Write, ImmutableSortedSet.Create(a));
        var second = new TokenScope(TokenScopes.Read | TokenScopes.Admin, ImmutableSortedSet.Create(b));

        TokenScope both = first.Narrow(second);

        Assert.Equal(TokenScopes.Read, both.Scopes);
        Assert.False(both.Reaches(a) || both.Reaches(b));
        Assert.False(TokenScope.Parse(both.ToString()).Value.Reaches(a));
        Assert.Equal(first, first.Narrow(TokenScope.Full));
    }
}
