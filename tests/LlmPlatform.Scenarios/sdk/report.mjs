// What a scenario saw, one JSON object a line.
export const report = (scenario, seen) => console.log(JSON.stringify({ scenario, ...seen }));

// Runs a scenario; what it throws is what it saw.
export async function scenario(name, run) {
  try {
    report(name, await run());
  } catch (error) {
    report(name, {
      thrown: error.constructor.name, status: error.status, code: error.code, type: error.type,
      param: error.param, message: error.message,
    });
  }
}
