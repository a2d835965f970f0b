namespace Hutch.Model.Tests.RightsAndScopes;

/// <summary>C1: the limit of a login to what its site has is kept by everything that is made of it.</summary>
public sealed class TokenScopeTests
{
    private const string Id = "0123456789abcdef";

    private static readonly TokenScope Held = TokenScope.Parse("read write manage held site:" + Id).Value;

    [Theory]
    [InlineData("read held")]
    [InlineData("read write manage held site:0123456789abcdef")]
    [InlineData("read held dataset:00000000-0000-0000-0000-000000000001 parent:0123456789abcdef site:0123456789abcdef")]
    public void A_scope_is_read_as_it_was_written(string text) => Assert.Equal(text, TokenScope.Parse(text).Value.ToString());

    [Fact]
    public void Scopes_derived_from_a_held_only_scope_stay_held_only()
    {
        var dataset = new DatasetId(Guid.NewGuid());

        Assert.All(
            (TokenScope[])
            [
                Held.At(Id),
                Held.Opening([Id]),
                Held.ForStep([], dataset, Id),
                Held.Narrow(TokenScope.Full),
                TokenScope.Full.Narrow(Held),
                TokenScope.Parse("read").Value.HeldOnly(),
            ],
            static scope => Assert.True(scope.IsHeldOnly));
    }

    [Theory]
    [InlineData("read", "read held", true)]
    [InlineData("read held", "read", false)]
    [InlineData("read held", "read held", true)]
    [InlineData("read write manage held", "read held", true)]
    [InlineData("read write manage", "read", true)]
    [InlineData("read", "read write", false)]
    public void A_scope_covers_only_scopes_within_it(string scope, string other, bool expected) =>
        Assert.Equal(expected, TokenScope.Parse(scope).Value.Covers(TokenScope.Parse(other).Value));
}
