using System.Text;
using Hutch.Commands;
using Hutch.Commands.Hosting;

if (OperatingSystem.IsWindows())
{
    // A console there has the code page of its country: names of files and people have letters that it lacks.
    Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
}

return await HutchProgram.RunAsync(args, CliHost.System());
