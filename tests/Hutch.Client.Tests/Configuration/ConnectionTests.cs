using Hutch.Client.Configuration;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Client.Tests.Configuration;

public sealed class ConnectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://a", "https://b", "https://c", "https://a/")]
    [InlineData(null, "https://b", "https://c", "https://b/")]
    [InlineData(null, null, "https://c", "https://c/")]
    [InlineData(null, null, null, "https://d/")]
    public void An_argument_counts_more_than_the_environment_the_working_directory_and_the_configuration(
        string? argument, string? environment, string? workspace, string expected)
    {
        var user = new UserConfig { Default = "https://d" };

        Connection connection = Connection.Find(argument, null, workspace, user, name => name == "HUTCH_REMOTE" ? environment : null).Value;

        Assert.Equal(expected, connection.Remote.ToString());
    }

    private const string Zone = "0123456789abcdef";
    private static readonly string ZoneToken = $"hutch_{Zone}_fedcba9876543210_{new string('s', 43)}";
    private static readonly string OtherToken = $"hutchlink_{new string('f', 16)}_fedcba9876543210_{new string('s', 43)}";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_token_is_not_sent_to_a_server_that_only_a_working_directory_names(bool withZone)
    {
        string token = withZone ? ZoneToken : "hutch_of_old";

        Result<Connection> found = Connection.Find(null, null, "https://evil.example", new UserConfig(), Environment(token));

        Assert.Equal(ErrorCode.Unauthenticated.Name, found.Error?.Code.Name);
        Assert.Contains("https://evil.example", found.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("hutch whoami --remote https://evil.example", found.Error.Code.Advice, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.Unauthenticated.Name, Connection.Find(null, token, "https://evil.example", new UserConfig(), _ => null).Error?.Code.Name);
    }

    [Fact]
    public void A_server_that_was_named_once_is_believed_in_its_working_directories()
    {
        Connection named = Connection.Find("https://a", null, null, new UserConfig(), Environment(ZoneToken)).Value;
        Assert.Equal((ZoneToken, Zone), (named.Token, named.NewZone));

        UserConfig user = With("https://a", Zone);
        Connection again = Connection.Find(null, null, "https://a", user, Environment(ZoneToken)).Value;
        Assert.Equal((ZoneToken, null), (again.Token, again.NewZone));
    }

    [Fact]
    public void A_token_of_another_installation_is_not_sent_even_to_a_server_that_is_named()
    {
        Result<Connection> found = Connection.Find("https://a", null, null, With("https://a", Zone), Environment(OtherToken));

        Assert.Contains("another installation than https://a", found.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_of_the_login_goes_with_its_address_alone()
    {
        UserConfig user = With("https://a", Zone) with { Default = "https://a" };
        user.Remotes["https://a"] = user.Remotes["https://a"] with { Token = ZoneToken };

        Assert.Equal(ZoneToken, Connection.Find(null, null, "https://a", user, _ => null).Value.Token);
        Assert.Null(Connection.Find(null, null, "https://b", user, _ => null).Value.Token);
    }

    private static Func<string, string?> Environment(string token) => name => name == "HUTCH_TOKEN" ? token : null;

    private static UserConfig With(string address, string zone)
    {
        var user = new UserConfig();
        user.Remotes[address] = new RemoteConfig { Zone = zone };
        return user;
    }

    [Fact]
    public void The_token_is_that_of_the_server_that_is_meant()
    {
        var user = new UserConfig { Default = "https://a" };
        user.Remotes["https://a"] = new RemoteConfig { Token = "token of a" };
        user.Remotes["https://b"] = new RemoteConfig { Token = "token of b" };

        Assert.Equal("token of a", Connection.Find(null, null, null, user, _ => null).Value.Token);
        Assert.Equal("token of b", Connection.Find("https://b/", null, null, user, _ => null).Value.Token);
        Assert.Null(Connection.Find("https://c", null, null, user, _ => null).Value.Token);
        Assert.Equal("given", Connection.Find("https://c", "given", null, user, _ => "environment").Value.Token);
    }

    [Fact]
    public void Without_any_word_the_server_of_this_machine_is_meant() =>
        Assert.Equal("http://127.0.0.1:8470/", Connection.Find(null, null, null, new UserConfig(), _ => null).Value.Remote.ToString());

    [Theory]
    [InlineData("localhost:8470", "http://localhost:8470/")]
    [InlineData("hutch.example.org", "https://hutch.example.org/")]
    [InlineData("https://example.org/hutch/", "https://example.org/hutch")]
    public void An_address_without_a_scheme_is_safe_by_default(string text, string expected) =>
        Assert.Equal(expected, RemoteAddress.Parse(text).Value.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("ftp://example.org")]
    [InlineData("https://user:password@example.org")]
    [InlineData("not an address")]
    public void An_invalid_address_is_refused_with_an_example(string text)
    {
        Assert.False(RemoteAddress.Parse(text).TryGet(out _, out HutchError? error));
        Assert.Contains("https://hutch.example.org", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_is_kept_where_only_its_owner_can_read_it()
    {
        string path = UserConfig.DefaultPath(name => name == "XDG_CONFIG_HOME" ? _folder["conf"] : null);
        var config = new UserConfig { Default = "https://a" };
        config.Remotes["https://a"] = new RemoteConfig { Token = "secret" };

        config.Save(path);
        config.Save(path);

        Assert.Equal(_folder["conf/hutch/config"], path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal("secret", UserConfig.Load(path).Remotes["https://a"].Token);
        Assert.Single(Directory.GetFiles(_folder["conf/hutch"]));
    }

    [Fact]
    public void A_configuration_that_is_damaged_is_named_and_not_lost()
    {
        _folder.Write("config", "{");

        HutchException refusal = Assert.Throws<HutchException>(() => UserConfig.Load(_folder["config"]));

        Assert.Contains(_folder["config"], refusal.Error.Message, StringComparison.Ordinal);
        Assert.Equal("{", _folder.Read("config"));
    }
}
