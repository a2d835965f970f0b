using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Hutch.Portal.Tests.Support;

/// <summary>Makes datasets of frames whose every pixel a test knows.</summary>
internal static class FrameData
{
    /// <summary>Stores the header of frames of unsigned 16-bit pixels as they are, and a mask if there is one.</summary>
    public static async Task DescribeAsync(
        this PortalSite site, string dataset, string token, int columns, int rows, int images, uint[]? mask = null, double? saturation = null,
        object? grid = null)
    {
        var header = new
        {
            x_pixels_in_detector = columns,
            y_pixels_in_detector = rows,
            bit_depth_image = 16,
            nimages = images,
            ntrigger = 1,
            wavelength = 1.0,
            detector_distance = 0.1,
            beam_center_x = columns / 2.0,
            beam_center_y = rows / 2.0,
            x_pixel_size = 75e-6,
            y_pixel_size = 75e-6,
            saturation_value = saturation,
            hutch = new { format = "hutch-frames-1", images, channels = new[] { "" }, codec = "raw", type = "uint16", shape = new[] { rows, columns }, grid },
        };
        await site.PutAsync(dataset, token, "header", JsonSerializer.SerializeToUtf8Bytes(header), "application/json");
        if (mask is not null)
        {
            byte[] head = Encoding.ASCII.GetBytes($"{{'descr': '<u4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}".PadRight(117) + "\n");
            byte[] file = [0x93, .. "NUMPY"u8, 1, 0, (byte)head.Length, 0, .. head, .. MemoryMarshal.AsBytes<uint>(mask)];
            await site.PutAsync(dataset, token, "header.d/pixel_mask.npy", file, "application/x-npy");
        }
    }

    /// <summary>The pixels of a frame with some spots, at least 20 pixels apart, on an even background.</summary>
    public static ushort[] WithSpots(int columns, int rows, int spots)
    {
        ushort[] pixels = [.. Enumerable.Range(0, columns * rows).Select(place => (ushort)(2 + (place * 7 / 3 % 3)))];
        for (int spot = 0; spot < spots; spot++)
        {
            (int y, int x) = Math.DivRem(spot, (columns / 20) - 1);
            for (int pixel = 0; pixel < 9; pixel++)
            {
                pixels[(((y + 1) * 20) + (pixel / 3)) * columns + ((x + 1) * 20) + (pixel % 3)] = (ushort)(pixel == 4 ? 900 : 400);
            }
        }

        return pixels;
    }

    /// <summary>Stores a frame as it is.</summary>
    public static Task FrameAsync(this PortalSite site, string dataset, string token, int number, ushort[] pixels) =>
        site.PutAsync(dataset, token, $"{number:D6}", MemoryMarshal.AsBytes<ushort>(pixels).ToArray(), "application/x-hutch-frame");

    private static async Task PutAsync(this PortalSite site, string dataset, string token, string path, byte[] bytes, string contentType)
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        await site.RequestAsync(HttpMethod.Put, $"datasets/{dataset}/entries/{path}", content, token);
    }
}
