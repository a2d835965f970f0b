using Hutch.DataLadClient;
using Hutch.DataLadClient.Stores;
using Hutch.Model;

namespace Hutch.Commands.Tests.DataLad;

/// <summary>What 7z prints is read within limits, whatever the archive.</summary>
public sealed class ArchiveListingTests
{
    private const string Listing =
        "7-Zip\n\n--\nPath = a.7z\nType = 7z\n\n----------\nPath = xx\nSize = 0\nAttributes = D drwxr-xr-x\n\n"
        + "Path = ../out\nSize = 12\nAttributes = A -rw-r--r--\n\nPath = xx/yy = zz\nSize = 3\nAttributes = RA -r--r--r--\n\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_of_an_archive_are_read_with_whatever_names_they_have()
    {
        IReadOnlyList<ArchiveMember> members = await ReadAsync(Listing, 2);

        Assert.Equal([new ArchiveMember("../out", 12), new ArchiveMember("xx/yy = zz", 3)], members);
        Assert.Empty(await ReadAsync("no archive", 2));
    }

    [Fact]
    public async Task More_members_than_are_taken_and_endless_names_are_refused()
    {
        HutchException many = await Assert.ThrowsAsync<HutchException>(() => ReadAsync(Listing, 1));
        HutchException endless = await Assert.ThrowsAsync<HutchException>(
            () => ReadAsync(Listing + "Path = " + new string('a', 100_000), 3));

        Assert.Contains("more than 1 files", many.Message, StringComparison.Ordinal);
        Assert.Contains("16384 characters", endless.Message, StringComparison.Ordinal);
        Assert.All([many, endless], static one => Assert.Equal(ErrorCode.UnreadableFile, one.Error.Code));
    }

    [Fact]
    public async Task Of_what_a_program_says_about_errors_the_end_is_kept()
    {
        using var errors = new StringReader(new string('a', 200_000) + "the reason");

        string last = await ForeignProgram.ReadLastAsync(errors, Ct);

        Assert.Equal(64 << 10, last.Length);
        Assert.EndsWith("athe reason", last, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<ArchiveMember>> ReadAsync(string listing, int most)
    {
        using var reader = new StringReader(listing);
        return await ArchiveListing.ReadAsync(reader, most, Ct);
    }
}
