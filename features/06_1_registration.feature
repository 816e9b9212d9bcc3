@guide-6.1
Feature: 6.1 Initial confidence tests: registration
  Ensure there are at least 2 users registered.

  Scenario: At least 2 users are registered
    When User A registers from Teams
    And User B registers from Teams
    Then at least 2 users are registered
    And each registration lasts as long as recommended
