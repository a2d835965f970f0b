namespace Hutch.Formats.Tests.Peers;

/// <summary>MRC files as mrcfile writes them, and as IMOD, SerialEM, MotionCor2 and older programs do, word by word.</summary>
/// <remarks>Cases 30, 31, 33, 34.</remarks>
public sealed class MrcVariantsTests
{
    [Fact]
    public Task Every_number_is_that_of_the_writer() => ArrayVariants.CompareAsync(MrcVariants.Script);
}
