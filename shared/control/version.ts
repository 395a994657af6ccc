/** Raised whenever the same snapshot may lead to another decision: `replay` says so instead of comparing. */
export const engineVersion = "11";
