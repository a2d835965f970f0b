using System.Text;

namespace Hutch.S3.Tests.Support;

/// <summary>Changes good input in one to three places: a byte becomes another, a bit flips, a byte goes, comes twice, or a piece is cut out, doubled or moved.</summary>
internal static class Damage
{
    private static readonly byte[] Awkward = [.. "\0\r\n\t %+/&=?;:,-<>\"'0aAfFzZ9"u8, 0x7f, 0x80, 0xc3, 0xff];

    public static string From(string text, Random random) => Encoding.Latin1.GetString(From(Encoding.Latin1.GetBytes(text), random));

    public static byte[] From(byte[] bytes, Random random)
    {
        List<byte> damaged = [.. bytes];
        for (int times = random.Next(1, 4); times > 0 && damaged.Count > 0; times--)
        {
            Once(damaged, random);
        }

        return [.. damaged];
    }

    private static void Once(List<byte> bytes, Random random)
    {
        int at = random.Next(bytes.Count);
        int length = Math.Min(random.Next(1, 20), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes[at] = Awkward[random.Next(Awkward.Length)];
                break;
            case 2:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 3:
                bytes.RemoveAt(at);
                break;
            case 4:
                bytes.Insert(at, Awkward[random.Next(Awkward.Length)]);
                break;
            case 5:
                bytes.RemoveRange(at, length);
                break;
            case 6:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            default:
                List<byte> piece = bytes.GetRange(at, length);
                bytes.RemoveRange(at, length);
                bytes.InsertRange(random.Next(bytes.Count + 1), piece);
                break;
        }
    }
}
