using Hutch.Catalog.Postgres;
using Hutch.Catalog.Sqlite;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Catalog.Tests.Postgres;

public sealed class PostgresAddressTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgres://hutch@db.example.org:5433/facility?sslmode=verify-full&sslrootcert=/etc/ca.pem", "hutch", "db.example.org", 5433, "facility", PostgresTls.VerifyFull)]
    [InlineData("postgresql://hutch@db.example.org/facility", "hutch", "db.example.org", 5432, "facility", PostgresTls.Require)]
    [InlineData("postgres://hutch@127.0.0.1/facility", "hutch", "127.0.0.1", 5432, "facility", PostgresTls.Prefer)]
    [InlineData("postgres://hutch@[::1]:5433/facility", "hutch", "::1", 5433, "facility", PostgresTls.Prefer)]
    [InlineData("postgres://a%40b@%2Frun%2Fpostgresql/facility", "a@b", "/run/postgresql", 5432, "facility", PostgresTls.Prefer)]
    [InlineData("postgres://hutch@db/facility?sslmode=disable", "hutch", "db", 5432, "facility", PostgresTls.Disable)]
    public void An_address_contains_the_user_the_host_the_database_and_the_TLS_mode(string text, string user, string host, int port, string database, PostgresTls tls)
    {
        PostgresAddress address = PostgresAddress.Parse(text).Value;

        Assert.Equal((user, host, port, database, tls), (address.User, address.Host, address.Port, address.Database, address.Tls));
        Assert.Equal(address with { Tls = default, RootCertificate = null }, PostgresAddress.Parse(address.ToString()).Value with { Tls = default });
    }

    [Theory]
    [InlineData("mysql://hutch@db/facility", "it must begin with 'postgres://'")]
    [InlineData("postgres://", "it must begin with 'postgres://'")]
    [InlineData("postgres://db/facility", "it must name a user and one database")]
    [InlineData("postgres://hutch@db", "it must name a user and one database")]
    [InlineData("postgres://hutch@db/a/b", "it must name a user and one database")]
    [InlineData("postgres://hutch@/facility", "it must name one host")]
    [InlineData("postgres://hutch@a,b/facility", "it must name one host")]
    [InlineData("postgres://hutch@db:port/facility", "its port must be a number from 1 to 65535")]
    [InlineData("postgres://hutch@db:65536/facility", "its port must be a number from 1 to 65535")]
    [InlineData("postgres://hutch@db/facility?sslmode=maybe", "sslmode must be one of disable, prefer, require, verify-ca, verify-full")]
    [InlineData("postgres://hutch@db/facility?ssl=true", "it may say sslmode and sslrootcert, and not")]
    public void Errors_in_an_address_are_explained_with_an_example(string text, string why)
    {
        Result<PostgresAddress> parsed = PostgresAddress.Parse(text);

        Assert.Equal(ErrorCode.BadRequest, parsed.Error?.Code);
        Assert.Contains(why, parsed.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("postgres://hutch@db.example.org:5432/hutch", parsed.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://hutch:open-sesame@db/facility")]
    [InlineData("postgres://hutch:open-sesame@db:port/facility")]
    [InlineData("postgres://hutch@db/facility?password=open-sesame")]
    public void A_password_in_an_address_is_refused_and_not_repeated(string text)
    {
        HutchError? refusal = PostgresAddress.Parse(text).Error;

        Assert.Contains("contains a password", refusal?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_comes_from_the_first_line_of_a_file_and_does_not_show_itself()
    {
        string file = Write("open-sesame\nmore", UnixFileMode.UserRead);

        PostgresPassword password = PostgresPassword.From(file);

        Assert.Equal("open-sesame", password.Read());
        Assert.Equal($"the file '{file}'", password.ToString());
    }

    [Theory]
    [InlineData("open-sesame\n", UnixFileMode.UserRead | UnixFileMode.OtherRead, "chmod 600")]
    [InlineData("open-sesame\n", UnixFileMode.UserRead | UnixFileMode.GroupWrite, "chmod 600")]
    [InlineData("\nopen-sesame\n", UnixFileMode.UserRead, "The first line of")]
    public void A_file_that_others_may_read_or_that_has_no_password_is_refused(string text, UnixFileMode mode, string why)
    {
        PostgresPassword password = PostgresPassword.From(Write(text, mode));

        CatalogException refusal = Assert.Throws<CatalogException>(password.Read);

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        CatalogException refusal = Assert.Throws<CatalogException>(PostgresPassword.From(_folder["none"]).Read);

        Assert.Contains(_folder["none"], refusal.Message, StringComparison.Ordinal);
    }

    private string Write(string text, UnixFileMode mode)
    {
        string file = _folder["password"];
        File.WriteAllText(file, text);
#pragma warning disable CA1416 // These tests run on Linux.
        File.SetUnixFileMode(file, mode);
#pragma warning restore CA1416
        return file;
    }
}
