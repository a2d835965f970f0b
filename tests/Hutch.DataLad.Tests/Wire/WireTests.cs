using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Wire;
using Hutch.Model;

namespace Hutch.DataLad.Tests.Wire;

/// <summary>git's lines and requests: what is right is understood, and nothing else throws.</summary>
public sealed class WireTests
{
    private const string Name = "ce013625030ba8dba906f756967f9e9ca394464a";

    [Fact]
    public void Packet_lines_are_read_as_they_were_written() => Prop.ForAll(ArbMap.Default.ArbFor<string[]>(), texts =>
    {
        string[] lines = [.. texts.Where(static t => t is not null).Select(static t => t.TrimEnd('\n').Replace("\uFFFD", "", StringComparison.Ordinal))];
        var output = new ArrayBufferWriter<byte>();
        foreach (string line in lines)
        {
            PktLines.Text(output, line);
        }

        PktLines.Delimiter(output);
        PktLines.Flush(output);

        var reader = new PktReader(output.WrittenSpan);
        foreach (string line in lines)
        {
            Assert.Equal(PktKind.Data, reader.Read(out ReadOnlySpan<byte> content));
            Assert.Equal(Encoding.UTF8.GetBytes(line), content.ToArray());
        }

        Assert.Equal(PktKind.Delimiter, reader.Read(out _));
        Assert.Equal(PktKind.Flush, reader.Read(out _));
        Assert.Equal(PktKind.End, reader.Read(out _));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Noise_is_refused_and_never_thrown_at() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), noise =>
    {
        _ = GitCommand.Parse(noise);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_request_with_any_byte_changed_or_cut_off_is_refused_or_understood()
    {
        byte[] whole = Message("command=fetch", "agent=git/2.39.5", null, $"want {Name}", $"have {Name}", "done");
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x15;
            _ = GitCommand.Parse(changed);
            Assert.False(GitCommand.Parse(whole.AsSpan(0, i)) is { IsOk: true, Value: GitCommand.Fetch { IsDone: true } } && i < whole.Length - 4);
        }
    }

    [Fact]
    public void A_fetch_request_is_parsed_with_its_wants_and_haves()
    {
        Result<GitCommand> read = GitCommand.Parse(
            Message("command=fetch", "object-format=sha1", null, "thin-pack", "ofs-delta", $"want {Name}", $"have {Name}", "done"));

        var fetch = Assert.IsType<GitCommand.Fetch>(read.Value);
        Assert.True(ObjectId.TryParse(Encoding.ASCII.GetBytes(Name), out ObjectId id));
        Assert.Equal([id], fetch.Wants);
        Assert.Equal([id], fetch.Haves);
        Assert.True(fetch.IsDone);
    }

    [Fact]
    public void A_list_of_refs_says_which()
    {
        var list = Assert.IsType<GitCommand.ListRefs>(
            GitCommand.Parse(Message("command=ls-refs", null, "peel", "symrefs", "unborn", "ref-prefix refs/heads/", "ref-prefix HEAD")).Value);

        Assert.Equal(["refs/heads/", "HEAD"], list.Prefixes);
        Assert.True(list is { Symrefs: true, Unborn: true });
    }

    [Theory]
    [InlineData("command=fetch", null, "want 12")]
    [InlineData("command=fetch", null, "done")]
    [InlineData("command=fetch", null, "deepen 1")]
    [InlineData("command=fetch", null, "filter blob:none")]
    [InlineData("command=push", null)]
    [InlineData("object-format=sha256", "command=ls-refs", null)]
    [InlineData("agent=git", null)]
    public void Unsupported_commands_are_refused(params string?[] lines)
    {
        Result<GitCommand> read = GitCommand.Parse(Message(lines));

        Assert.Equal(ErrorCode.BadRequest, read.Error?.Code);
    }

    private static byte[] Message(params string?[] lines)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (string? line in lines)
        {
            if (line is null)
            {
                PktLines.Delimiter(output);
            }
            else
            {
                PktLines.Text(output, line);
            }
        }

        PktLines.Flush(output);
        return output.WrittenSpan.ToArray();
    }
}
