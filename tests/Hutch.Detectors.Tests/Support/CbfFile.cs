using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;

namespace Hutch.Detectors.Tests.Support;

/// <summary>Writes CBF files in the manner of a PILATUS detector.</summary>
internal static class CbfFile
{
    /// <summary>The comments that say what a header says.</summary>
    public static string[] Comments(FrameHeader header) =>
    [
        "Detector: PILATUS of the tests, S/N 0",
        "2026-01-02T03:04:05.678",
        Invariant($"Pixel_size {header.PixelSizeXMetres} m x {header.PixelSizeYMetres} m"),
        "Silicon sensor, thickness 0.000320 m",
        "Exposure_time 0.0990 s",
        "Exposure_period 0.1000 s",
        Invariant($"Count_cutoff {header.SaturationValue ?? 1048500} counts"),
        Invariant($"Wavelength {header.WavelengthAngstrom} A"),
        Invariant($"Detector_distance {header.DistanceMetres} m"),
        Invariant($"Beam_xy ({header.BeamCenterX}, {header.BeamCenterY}) pixels"),
        "Start_angle 10.0000 deg.",
        "Angle_increment 0.2500 deg.",
    ];

    /// <summary>The bytes of a file.</summary>
    public static byte[] Make(int rows, int columns, int[] pixels, params IEnumerable<string> comments)
    {
        ReadOnlySpan<byte> plain = MemoryMarshal.AsBytes(pixels.AsSpan());
        var packed = new byte[FrameEncoder.MaxEncodedLength(FrameCodec.ByteOffset, plain.Length)];
        return Make(rows, columns, packed[..FrameEncoder.Encode(FrameCodec.ByteOffset, sizeof(int), plain, packed)], comments);
    }

    /// <summary>The bytes of a file whose pixels are packed already.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "It is what the format has.")]
    public static byte[] Make(int rows, int columns, byte[] packed, IEnumerable<string> comments, string conversion = "x-CBF_BYTE_OFFSET", string type = "signed 32-bit integer")
    {
        string text = $"""
            ###CBF: VERSION 1.5, CBFlib v0.7.8 - PILATUS detectors

            data_series

            _array_data.header_convention "PILATUS_1.2"
            _array_data.header_contents
            ;
            {string.Join("\r\n", comments.Select(static line => "# " + line))}
            ;

            _array_data.data
            ;
            --CIF-BINARY-FORMAT-SECTION--
            Content-Type: application/octet-stream;
                 conversions="{conversion}"
            Content-Transfer-Encoding: BINARY
            X-Binary-Size: {packed.Length}
            X-Binary-ID: 1
            X-Binary-Element-Type: "{type}"
            X-Binary-Element-Byte-Order: LITTLE_ENDIAN
            Content-MD5: {Convert.ToBase64String(MD5.HashData(packed))}
            X-Binary-Number-of-Elements: {rows * columns}
            X-Binary-Size-Fastest-Dimension: {columns}
            X-Binary-Size-Second-Dimension: {rows}
            X-Binary-Size-Padding: 4095


            """.ReplaceLineEndings("\r\n");
        return
        [
            .. Encoding.ASCII.GetBytes(text), 0x0C, 0x1A, 0x04, 0xD5, .. packed, .. new byte[4095],
            .. "\r\n--CIF-BINARY-FORMAT-SECTION----\r\n;\r\n\r\n"u8,
        ];
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
