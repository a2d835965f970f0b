using System.Text;
using Hutch.DataLad.Annex;
using Hutch.DataLad.Objects;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Tests.Support;
using Hutch.DataLad.Wire;
using Hutch.Model;
using Hutch.Model.Annex;

namespace Hutch.DataLad.Tests.Wire;

/// <summary>
/// Everything that somebody may send, cut, changed and repeated in many ways: each reader understands it or refuses it in words, and nothing
/// else is thrown. The changes follow from their number, so that what fails once fails again.
/// </summary>
public sealed class FuzzTests
{
    private const int Changes = 3000;

    private static readonly ObjectId Id = ObjectId.Compute(ObjectKind.Blob, "x"u8);

    private static readonly byte[][] Pieces =
        [[0], [0xFF], "\n"u8.ToArray(), " "u8.ToArray(), "99999999999999999999"u8.ToArray(), "0000"u8.ToArray(), "/"u8.ToArray(), "-"u8.ToArray()];

    private static readonly Dictionary<string, (byte[] Whole, Action<byte[]> Read)> Readers = new(StringComparer.Ordinal)
    {
        ["push"] = (
            Line($"{default(ObjectId)} {Id} refs/heads/main\0report-status side-band-64k atomic agent=git/2.39.5\n"),
            static bytes => PushRequest.ReadAsync(new MemoryStream(bytes), CancellationToken.None).GetAwaiter().GetResult()),
        ["request"] = (
            Encoding.ASCII.GetBytes($"0012command=fetch\n0015agent=git/2.39.5\n00010032want {Id}\n0032have {Id}\n0009done\n0000"),
            static bytes => GitCommand.Parse(bytes)),
        ["commit"] = (PackBuilder.CommitOf(Id, Id), static bytes => GitHeaders.OfCommit(bytes)),
        ["tag"] = (Encoding.ASCII.GetBytes($"object {Id}\ntype commit\ntag v1\n\nWords\n"), static bytes => GitHeaders.TargetOfTag(bytes)),
        ["tree"] = (PackBuilder.TreeOf(("100644", "a", Id), ("40000", "b", Id), ("120000", "c", Id)), static bytes => GitTree.Parse(bytes)),
        ["key"] = (
            Encoding.ASCII.GetBytes("MD5E-s2000-m1--098f6bcd4621d373cade4e832627b4f6.nii.gz"),
            static bytes => KeyName.Parse(Encoding.UTF8.GetString(bytes))?.ToLink(2)),
        ["link"] = (
            Encoding.ASCII.GetBytes("../.git/annex/objects/xx/yy/MD5-s4--098f6bcd4621d373cade4e832627b4f6/MD5-s4--098f6bcd4621d373cade4e832627b4f6"),
            static bytes => KeyName.OfLink(Encoding.UTF8.GetString(bytes))),
        ["pointer"] = (
            Encoding.ASCII.GetBytes("/annex/objects/MD5-s4--098f6bcd4621d373cade4e832627b4f6\n"), static bytes => KeyName.OfPointer(bytes)),
        ["large file"] = (
            Encoding.ASCII.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{new string('a', 64)}\nsize 12\n"),
            static bytes => LfsPointer.Parse(bytes)),
    };

    public static TheoryData<string> Names => [.. Readers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Altered_input_is_understood_or_refused_with_a_message(string name)
    {
        (byte[] whole, Action<byte[]> read) = Readers[name];
        read(whole);
        for (int seed = 0; seed < Changes; seed++)
        {
            byte[] changed = Change(whole, new Random(seed));
            try
            {
                read(changed);
            }
            catch (HutchException e) when (e.InnerException is null)
            {
                Assert.NotEmpty(e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"{name}, change {seed}, {Convert.ToHexString(changed)}: {e}");
            }
        }
    }

    private static byte[] Line(string text) => Encoding.ASCII.GetBytes($"{text.Length + 4:x4}{text}0000PACK");

    private static byte[] Change(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int i = random.Next(1, 4); i > 0 && bytes.Count > 0; i--)
        {
            int at = random.Next(bytes.Count);
            int length = random.Next(bytes.Count - at);
            switch (random.Next(5))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 3: bytes.InsertRange(at, Pieces[random.Next(Pieces.Length)]); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }
}
