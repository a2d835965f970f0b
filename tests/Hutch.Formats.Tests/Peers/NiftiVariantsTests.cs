namespace Hutch.Formats.Tests.Peers;

/// <summary>NIfTI files that nibabel writes, with fields as other programs leave them. The expected values are those that nibabel reads.</summary>
/// <remarks>Case 50.</remarks>
public sealed class NiftiVariantsTests
{
    [Fact]
    public Task Every_number_is_that_of_nibabel() => ArrayVariants.CompareAsync(NiftiVariants.Script);
}
