namespace Hutch.Formats.Tests.Peers;

/// <summary>
/// TIFF files as others write them: tifffile, libtiff through Pillow, and tag by tag where no writer at hand does what is in the field.
/// </summary>
/// <remarks>Cases 40 to 43, 45, 111.</remarks>
public sealed class TiffVariantsTests
{
    [Fact]
    public Task Every_number_is_that_of_the_writer() => ArrayVariants.CompareAsync("only = None\n" + TiffVariants.Script);

    [Fact]
    public Task Electrons_of_every_coding_are_in_their_pixels() => ArrayVariants.CompareAsync("only = 'eer'\n" + TiffVariants.Script);
}
