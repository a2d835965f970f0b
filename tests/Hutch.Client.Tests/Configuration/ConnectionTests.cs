using Hutch.Client.Configuration;
using Hutch.Client.Tests.Fakes;
using Hutch.Model;

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
    public void What_is_no_address_is_refused_with_an_example(string text)
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
