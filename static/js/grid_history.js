// What was done in a grid, step by step: a step is a list of [cell, before, after].

export class History {
  constructor(put) {
    this.put = put;
    this.done = [];
    this.undone = [];
  }

  keep(steps) {
    const real = steps.filter(([, before, after]) => before !== after);
    if (!real.length) return;
    this.done.push(real);
    this.undone = [];
  }

  undo() {
    return this.move(this.done, this.undone, 1);
  }

  redo() {
    return this.move(this.undone, this.done, 2);
  }

  move(from, to, which) {
    const steps = from.pop();
    if (!steps) return false;
    to.push(steps);
    for (const step of steps) this.put(step[0], step[which]);
    steps[0][0].focus();
    return true;
  }
}
