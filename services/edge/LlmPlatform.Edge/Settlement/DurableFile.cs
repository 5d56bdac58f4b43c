using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LlmPlatform.Edge.Settlement;

/// <summary>Small files and directory entries that are there after a power cut.</summary>
internal static class DurableFile
{
    private const int Interrupted = 4;

    /// <summary>Replaces a file: after a crash it holds either the old bytes or the new ones.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var draft = path + ".new";
        using (var file = File.OpenHandle(draft, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(draft, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Brings the bytes of a file to the device, and its length, but not its times: those alone would cost the file
    /// system a transaction. The framework knows no such flush, so the C library is asked.
    /// </summary>
    /// <exception cref="IOException">The device did not take them.</exception>
    public static void FlushContent(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        while (FdataSync(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new IOException($"The spool cannot be flushed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    /// <summary>
    /// Makes the entries of a directory durable: a flushed file is of no use when its name is gone. The framework opens
    /// no directories, so the C library is asked; Windows journals entries by itself.
    /// </summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(Encoding.UTF8.GetBytes(path + '\0'), 0);
        if (descriptor < 0)
        {
            var cause = Marshal.GetLastPInvokeErrorMessage();
            throw new IOException($"The directory {path} cannot be opened for flushing: {cause}");
        }

        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(descriptor);
        if (failed)
        {
            throw new IOException($"The directory {path} cannot be flushed: {error}");
        }
    }

    // Blittable signatures need no generated marshalling, and so no unsafe code in the project.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FdataSync(SafeFileHandle file);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
#pragma warning restore SYSLIB1054
}
